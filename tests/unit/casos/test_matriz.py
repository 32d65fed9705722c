"""Who may see what: role x action x confidentiality, as a table that the head of office can read.

Each row is a door of casos, each column somebody who knocks at it, once for a case of each
confidentiality. The doors are the real ones: what the table says is asked of the API and the pages.

    R  recepción
    P  profesional que responde por el caso      M  profesional nombrada en el caso
    A  profesional que no tiene que ver con él
    C  coordinación que no está nombrada         J  coordinación nombrada en el caso
    U  la unidad municipal a la que se derivó    S  un servicio de la oficina
    X  todos los demás: auditoría, administración, análisis, capacitación, programas, delegado

    +  lo ve o lo hace (también si una regla del caso lo impide ahora mismo)
    ~  sabe que existe y quién lo tiene          f  sabe el folio de un caso reservado, nada más
    .  para esa persona no existe                -  no es de su rol
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from tests.unit.casos.conftest import Ventanilla
from tests.unit.conftest import CLAVE
from werkzeug.test import TestResponse

from casos.accesos.models import AccesoExcepcional
from casos.adjuntos.models import Adjunto, Trozo
from casos.copias.states import EstadoCopia
from casos.defunciones.models import Defuncion
from casos.derivaciones.models import Derivacion, RespuestaDerivacion
from casos.derivaciones.states import Accion, CanalRespuesta, Estado, Grado
from casos.expedientes.models import Caso, MiembroDeCaso
from casos.expedientes.states import Estado as EstadoCaso
from casos.foliados.models import Foliado
from casos.personas.models import Contacto, DocumentoIdentidad, TipoContacto
from casos.plazos.models import EstadoPlazo, Plazo
from casos.red.actions import sembrar
from casos.tareas.models import Tarea
from casos.tareas.states import EstadoTarea
from identidad.actions import NuevoFuncionario, crear_funcionario
from oficina import clock
from oficina.actor import Actor
from oficina.calendar_cl import siguiente_habil
from oficina.db import uuid7
from oficina.identity_docs import TipoDocumento
from oficina.web.auth import access_of

COLUMNAS = "RPMACJUSX"
ROLES: Mapping[str, frozenset[str]] = {
    "R": frozenset({"recepcion"}),
    "P": frozenset({"profesional"}),
    "M": frozenset({"profesional"}),
    "A": frozenset({"profesional"}),
    "C": frozenset({"coordinacion"}),
    "J": frozenset({"coordinacion"}),
    "U": frozenset({"contraparte_unidad"}),
    "S": frozenset({"servicio"}),
    "X": frozenset(
        {
            *("administrador", "analista", "auditor", "capacitacion"),
            *("encargado_programa", "delegado_datos"),
        }
    ),
}
USUARIOS = {
    "R": "recepcion",
    "P": "profesional",
    "M": "nombrada",
    "A": "ajena",
    "C": "coordinacion",
    "J": "jefatura",
    "U": "contraparte",
}
CONFIDENCIALIDADES = ("normal", "reservado", "sellado")

MATRIZ = """
                                                      normal     reservado  sellado
                                                      RPMACJUSX  RPMACJUSX  RPMACJUSX
GET   /api/v1/casos                                   -++.++---  -++..+---  -++..+---
POST  /api/v1/alcance                                 +++.++---  .++..+---  .++..+---
GET   /api/v1/casos/{caso}                            ~++.++---  f++ff+---  .++..+---
POST  /api/v1/casos/{caso}/orientaciones              -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/segunda-instancia          -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/evaluacion                 -++.++---  -++ff+---  -++..+---
GET   /api/v1/casos/{caso}/adjuntos                   -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/adjuntos                   -++.++---  -++ff+---  -++..+---
GET   /api/v1/personas/{persona}/adjuntos             +++.++---  +++.++---  .++..+---
POST  /api/v1/personas/{persona}/adjuntos             +++.++---  +++.++---  .++..+---
GET   /api/v1/adjuntos/{adjunto}/archivo              .++.++---  f++ff+---  .++..+---
POST  /api/v1/adjuntos/{adjunto}/retiro               .++.++---  f++ff+---  .++..+---
GET   /api/v1/casos/{caso}/foliados                   -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/foliados                   -++.++---  -++ff+---  -++..+---
GET   /api/v1/casos/{caso}/evaluaciones               -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/asignacion                 -+-.++---  -+-ff+---  -+-..+---
POST  /api/v1/casos/{caso}/cierre                     -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/reapertura                 -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/seguimiento                -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/vuelta-a-gestion           -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/prioridad                  -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/suspension                 -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/reanudacion                -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/denuncia-obligatoria       -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/denuncia                   -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/propuesta-de-cierre        -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/decision-de-cierre         ----++---  ----f+---  ----.+---
POST  /api/v1/casos/{caso}/tareas                     -++.++---  -++ff+---  -++..+---
POST  /api/v1/casos/{caso}/anulacion                  -++.++---  ---ff+---  ---..+---
POST  /api/v1/casos/{caso}/confidencialidad           -+-.++---  -+-ff+---  -+-..+---
POST  /api/v1/casos/{caso}/equipo                     -+-.++---  -+-ff+---  -+-..+---
POST  /api/v1/casos/{caso}/equipo/retiros             -+-.++---  -+-ff+---  -+-..+---
POST  /api/v1/casos/{caso}/accesos-excepcionales      -++.++---  -+++++---  -++..+---
GET   /api/v1/tareas                                  -++.++---  -++..+---  -++..+---
GET   /api/v1/tareas/{tarea}                          -++.++---  -++ff+---  -++..+---
POST  /api/v1/tareas/{tarea}/cambio                   -++.++---  -++ff+---  -++..+---
POST  /api/v1/tareas/{tarea}/hecha                    -++.++---  -++ff+---  -++..+---
POST  /api/v1/tareas/{tarea}/cancelacion              -++.++---  -++ff+---  -++..+---
GET   /tareas                                         -++.++---  -++..+---  -++..+---
GET   /tareas/{tarea}                                 -++.++---  -++ff+---  -++..+---
POST  /tareas/{tarea}/{paso}                          -++.++---  -++ff+---  -++..+---
GET   /api/v1/derivaciones                            -++.++---  -++ff+---  -++..+---
GET   /api/v1/derivaciones/lista                      -++.++---  -++..+---  -++..+---
GET   /derivaciones                                   -++.++---  -++..+---  -++..+---
GET   /api/v1/derivaciones/opciones                   -++.++---  -++ff+---  -++..+---
POST  /api/v1/derivaciones                            -++.++---  -++ff+---  -++..+---
GET   /api/v1/derivaciones/{derivacion}               -++.++---  -++ff+---  -++..+---
POST  /api/v1/derivaciones/{derivacion}/enviar        -++.++---  -++ff+---  -++..+---
POST  /api/v1/derivaciones/{derivacion}/{accion}      -++.++---  -++ff+---  -++..+---
POST  /api/v1/derivaciones/{derivacion}/verificar     -++.++---  -++ff+---  -++..+---
POST  /api/v1/derivaciones/{derivacion}/disputar      -++.++---  -++ff+---  -++..+---
POST  /api/v1/derivaciones/{derivacion}/anular        -++.++---  -++ff+---  -++..+---
POST  /api/v1/derivaciones/{derivacion}/reencaminar   -++.++---  -++ff+---  -++..+---
POST  /api/v1/derivaciones/{derivacion}/otro-enlace   -++.++---  -++ff+---  -++..+---
POST  /api/v1/derivaciones/{derivacion}/respuestas/{respuesta}/adopcion
                                                      -++.++---  -++ff+---  -++..+---
POST  /api/v1/derivaciones/{derivacion}/enlace        -------+-  -------+-  -------+-
GET   /api/v1/derivaciones/{derivacion}/plazos        -++.++---  -++ff+---  -++..+---
GET   /api/v1/derivaciones/{derivacion}/seguimiento   -------+-  -------+-  -------+-
GET   /api/v1/derivaciones/{derivacion}/confirmacion  -------+-  -------+-  -------+-
GET   /api/v1/derivaciones/{derivacion}/oficio        -++.++---  -++ff+---  -++..+---
POST  /api/v1/derivaciones/{derivacion}/oficio        -++.++---  -++ff+---  -++..+---
POST  /api/v1/derivaciones/{derivacion}/oficio/docdigital -++.++---  -++ff+---  -++..+---
GET   /api/v1/plazos                                  -++.++---  -++..+---  -++..+---
GET   /plazos                                         -++.++---  -++..+---  -++..+---
GET   /plazos.{formato}                               ----ff---  ----.f---  ----.f---
GET   /api/v1/plazos/{plazo}                          -------+-  -------+-  -------+-
GET   /api/v1/unidad/derivaciones                     ------+--  ------+--  ------.--
GET   /api/v1/unidad/derivaciones/{derivacion}        ------+--  ------+--  ------.--
POST  /api/v1/unidad/derivaciones/{derivacion}/{accion} ------+--  ------+--  ------.--
GET   /api/v1/atenciones                              +++.++---  .++..+---  .++..+---
POST  /api/v1/atenciones                              +++.++---  f++ff+---  .++..+---
POST  /api/v1/personas/buscar                         +++~++---  +++f++---  .++..+---
GET   /api/v1/personas                                +++~++---  +++f++---  .++..+---
GET   /api/v1/documentos/por-vencer                   +++.++---  +++.++---  .++..+---
GET   /api/v1/personas/nombres                        +++.++---  +++.++---  .++..+---
POST  /api/v1/personas/identificar                    +++.++---  +++.++---  .++..+---
GET   /api/v1/personas/{persona}                      +++.++---  +++.++---  .++..+---
PATCH /api/v1/personas/{persona}                      +++.++---  +++.++---  .++..+---
POST  /api/v1/personas/{persona}/documentos           +++.++---  +++.++---  .++..+---
POST  /api/v1/documentos/{documento}/desuso           +++.++---  +++.++---  .++..+---
POST  /api/v1/documentos/{documento}/principal        +++.++---  +++.++---  .++..+---
POST  /api/v1/personas/{persona}/contactos            +++.++---  +++.++---  .++..+---
GET   /api/v1/personas/{persona}/situaciones          -++.++---  -++.f+---  -++..+---
POST  /api/v1/personas/{persona}/situaciones          -++.++---  -++.f+---  -++..+---
GET   /api/v1/personas/{persona}/contacto-seguro      +++.++---  +++.++---  .++..+---
PUT   /api/v1/personas/{persona}/contacto-seguro      +++.++---  +++.++---  .++..+---
GET   /api/v1/personas/{persona}/vinculos             +++.++---  +++.++---  .++..+---
POST  /api/v1/personas/{persona}/vinculos             +++.++---  +++.++---  .++..+---
POST  /api/v1/vinculos/{vinculo}/termino              +++.++---  +++.++---  .++..+---
GET   /api/v1/personas/{persona}/representantes       +++.++---  +++.++---  .++..+---
POST  /api/v1/personas/{persona}/representantes       +++.++---  +++.++---  .++..+---
POST  /api/v1/representantes/{representante}/termino  +++.++---  +++.++---  .++..+---
GET   /api/v1/personas/{persona}/hogar                +++.++---  +++.++---  .++..+---
POST  /api/v1/personas/{persona}/hogar                +++.++---  +++.++---  .++..+---
POST  /api/v1/personas/{persona}/hogar/integrantes    +++.++---  +++.++---  .++..+---
POST  /api/v1/integrantes/{integrante}/lugar          +++.++---  +++.++---  .++..+---
POST  /api/v1/integrantes/{integrante}/salida         +++.++---  +++.++---  .++..+---
GET   /api/v1/personas/{persona}/defunciones          +++.++---  +++.++---  .++..+---
POST  /api/v1/personas/{persona}/defunciones          +++.++---  +++.++---  .++..+---
GET   /api/v1/defunciones/{defuncion}                 +++.++---  +++.++---  .++..+---
POST  /api/v1/defunciones/{defuncion}/rectificacion   +++.++---  +++.++---  .++..+---
PUT   /api/v1/personas/{persona}/distintas/{otra}     +++.++---  +++.++---  .++..+---
GET   /api/v1/personas/{persona}/fusion/{otra}        ----++---  ----++---  ----.+---
GET   /api/v1/personas/{persona}/contacto             -------+-  -------+-  -------+-
GET   /api/v1/personas/{persona}/consentimientos      +++.++--+  +++.++--+  .++..+--+
POST  /api/v1/personas/{persona}/consentimientos      +++.++---  +++.++---  .++..+---
POST  /api/v1/consentimientos/{consentimiento}/retiro +++.++--+  +++.++--+  .++..+--+
POST  /api/v1/personas/{persona}/derechos             +++.++--+  +++.++--+  .++..+--+
GET   /api/v1/personas/{persona}/comunicaciones       --------+  --------+  --------+
GET   /                                               -++.++---  -++..+---  -++..+---
GET   /expedientes/{caso}                             ~++.++---  f++ff+---  .++..+---
GET   /expedientes/{caso}/situacion                   -++.++---  -++ff+---  -++..+---
GET   /expedientes/{caso}/gestion                     -++.++---  -++ff+---  -++..+---
GET   /expedientes/{caso}/novedad                     -++.++---  -++ff+---  -++..+---
GET   /expedientes/{caso}/relato                      -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/orientaciones               -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/segunda-instancia           -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/evaluacion                  -++.++---  -++ff+---  -++..+---
GET   /expedientes/{caso}/adjuntos                    -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/adjuntos                    -++.++---  -++ff+---  -++..+---
GET   /personas/{persona}/adjuntos                    +++.++---  +++.++---  .++..+---
POST  /personas/{persona}/adjuntos                    +++.++---  +++.++---  .++..+---
GET   /adjuntos/{adjunto}/archivo                     .++.++---  f++ff+---  .++..+---
GET   /adjuntos/{adjunto}/retirar                     .++.++---  f++ff+---  .++..+---
POST  /adjuntos/{adjunto}/retirar                     .++.++---  f++ff+---  .++..+---
GET   /expedientes/{caso}/foliados                    -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/foliados                    -++.++---  -++ff+---  -++..+---
GET   /expedientes/{caso}/foliados/avance             -++.++---  -++ff+---  -++..+---
GET   /expedientes/{caso}/foliados/{foliado}.pdf      -++.++---  -++ff+---  -++..+---
GET   /expedientes/{caso}/evaluaciones                -++.++---  -++ff+---  -++..+---
GET   /expedientes/{caso}/evaluaciones/nueva/{instrumento} -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/evaluaciones/nueva/{instrumento} -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/asignacion                  -+-.++---  -+-ff+---  -+-..+---
POST  /expedientes/{caso}/cierre                      -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/reapertura                  -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/seguimiento                 -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/vuelta-a-gestion            -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/prioridad                  -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/suspension                  -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/reanudacion                 -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/denuncia-obligatoria        -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/denuncia                    -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/propuesta-de-cierre         -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/decision-de-cierre          ----++---  ----f+---  ----.+---
POST  /expedientes/{caso}/tareas                      -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/anulacion                   -++.++---  -++ff+---  -++..+---
GET   /expedientes/{caso}/equipo                      -+-.++---  -+-ff+---  -+-..+---
POST  /expedientes/{caso}/equipo                      -+-.++---  -+-ff+---  -+-..+---
POST  /expedientes/{caso}/equipo/retiros              -+-.++---  -+-ff+---  -+-..+---
POST  /expedientes/{caso}/confidencialidad            -+-.++---  -+-ff+---  -+-..+---
POST  /expedientes/{caso}/acceso-excepcional          -++.++---  -+++++---  -++..+---
GET   /expedientes/{caso}/derivaciones/nueva          -++.++---  -++ff+---  -++..+---
POST  /expedientes/{caso}/derivaciones/nueva          -++.++---  -++ff+---  -++..+---
GET   /derivaciones/{derivacion}                      -++.++---  -++ff+---  -++..+---
GET   /derivaciones/{derivacion}/estado               -++.++---  -++ff+---  -++..+---
POST  /derivaciones/{derivacion}/enviar               -++.++---  -++ff+---  -++..+---
GET   /derivaciones/{derivacion}/pasos/{accion}       -++.++---  -++ff+---  -++..+---
POST  /derivaciones/{derivacion}/pasos/{accion}       -++.++---  -++ff+---  -++..+---
POST  /derivaciones/{derivacion}/otro-enlace          -++.++---  -++ff+---  -++..+---
POST  /derivaciones/{derivacion}/oficio               -++.++---  -++ff+---  -++..+---
POST  /derivaciones/{derivacion}/oficio/docdigital    -++.++---  -++ff+---  -++..+---
POST  /derivaciones/{derivacion}/respuestas/{respuesta}/adoptar -++.++---  -++ff+---  -++..+---
GET   /unidad                                         ------+--  ------+--  ------.--
GET   /unidad/derivaciones/{derivacion}               ------+--  ------+--  ------.--
GET   /unidad/derivaciones/{derivacion}/{accion}      ------+--  ------+--  ------.--
POST  /unidad/derivaciones/{derivacion}/{accion}      ------+--  ------+--  ------.--
GET   /atenciones/nueva                               +++.++---  +++.++---  .++..+---
POST  /atenciones/nueva                               +++.++---  f++ff+---  .++..+---
POST  /recepcion                                      +++~++---  +++f++---  .++..+---
POST  /personas/nueva/desde-busqueda                  +++~++---  +++f++---  .++..+---
POST  /personas/nueva                                 +++~++---  +++f++---  .++..+---
GET   /personas/{persona}                             +++.++---  +++.++---  .++..+---
GET   /personas/{persona}/editar                      +++.++---  +++.++---  .++..+---
POST  /personas/{persona}/editar                      +++.++---  +++.++---  .++..+---
POST  /personas/{persona}/documentos                  +++.++---  +++.++---  .++..+---
GET   /documentos/{documento}/retirar                 +++.++---  +++.++---  .++..+---
POST  /documentos/{documento}/retirar                 +++.++---  +++.++---  .++..+---
GET   /documentos/por-vencer                          +++.++---  +++.++---  .++..+---
POST  /documentos/{documento}/principal               +++.++---  +++.++---  .++..+---
POST  /personas/{persona}/contactos                   +++.++---  +++.++---  .++..+---
POST  /personas/{persona}/contactos/{contacto}/quitar +++.++---  +++.++---  .++..+---
POST  /personas/{persona}/distintas/{otra}            +++.++---  +++.++---  .++..+---
GET   /personas/{persona}/contacto-seguro             +++.++---  +++.++---  .++..+---
POST  /personas/{persona}/contacto-seguro             +++.++---  +++.++---  .++..+---
GET   /personas/{persona}/familia                     +++.++---  +++.++---  .++..+---
POST  /personas/{persona}/vinculos                    +++.++---  +++.++---  .++..+---
GET   /vinculos/{vinculo}/terminar                    +++.++---  +++.++---  .++..+---
POST  /vinculos/{vinculo}/terminar                    +++.++---  +++.++---  .++..+---
POST  /personas/{persona}/representantes              +++.++---  +++.++---  .++..+---
GET   /representantes/{representante}/terminar        +++.++---  +++.++---  .++..+---
POST  /representantes/{representante}/terminar        +++.++---  +++.++---  .++..+---
GET   /personas/{persona}/hogar                       +++.++---  +++.++---  .++..+---
POST  /personas/{persona}/hogar                       +++.++---  +++.++---  .++..+---
POST  /personas/{persona}/hogar/integrantes           +++.++---  +++.++---  .++..+---
GET   /integrantes/{integrante}/lugar                 +++.++---  +++.++---  .++..+---
POST  /integrantes/{integrante}/lugar                 +++.++---  +++.++---  .++..+---
GET   /integrantes/{integrante}/salida                +++.++---  +++.++---  .++..+---
POST  /integrantes/{integrante}/salida                +++.++---  +++.++---  .++..+---
GET   /personas/{persona}/defuncion                   +++.++---  +++.++---  .++..+---
POST  /personas/{persona}/defuncion                   +++.++---  +++.++---  .++..+---
GET   /defunciones/{defuncion}/anular                 +++.++---  +++.++---  .++..+---
POST  /defunciones/{defuncion}/anular                 +++.++---  +++.++---  .++..+---
GET   /personas/{persona}/unir                        ----++---  ----++---  ----.+---
POST  /personas/{persona}/unir                        ----++---  ----++---  ----.+---
GET   /personas/{persona}/unir/{otra}                 ----++---  ----++---  ----.+---
POST  /personas/{persona}/unir/{otra}                 ----++---  ----++---  ----.+---
GET   /personas/{persona}/situacion                   -++.++---  -++.f+---  -++..+---
POST  /personas/{persona}/situacion                   -++.++---  -++.f+---  -++..+---
GET   /personas/{persona}/ayudas                      -++.++---  -++.++---  -++..+---
GET   /personas/{persona}/postular                    -++.++---  -++.++---  -++..+---
POST  /personas/{persona}/postular                    -++.++---  -++.++---  -++..+---
GET   /personas/{persona}/consentimientos             +++.++--+  +++.++--+  .++..+--+
POST  /personas/{persona}/consentimientos             +++.++---  +++.++---  .++..+---
GET   /consentimientos/{consentimiento}/retirar       +++.++--+  +++.++--+  .++..+--+
POST  /consentimientos/{consentimiento}/retirar       +++.++--+  +++.++--+  .++..+--+
GET   /personas/{persona}/derechos/nueva              +++.++--+  +++.++--+  .++..+--+
POST  /personas/{persona}/derechos/nueva              +++.++--+  +++.++--+  .++..+--+
GET   /personas/{persona}/comunicaciones              --------+  --------+  --------+
"""

SIN_CASO: Mapping[str, str] = {
    "/casos/buscar": "finds what each kind shows by itself (tests of buscador)",
    "/casos/lotes": "steps on several cases, each by its own action (tests of lotes)",
    "/casos/api/v1/lotes": "the same",
    "/casos/listas": "lists as files, and filters that people keep (tests of listas)",
    "/casos/api/v1/listas": "filters that people keep: codes, ids and days",
    "/casos/api/v1/bus": "what waits on the bus: ids and codes, for who operates it",
    "/casos/api/v1/auditoria": "ids and codes of who did what, for who audits",
    "/casos/api/v1/red": "the directory of institutions",
    "/casos/api/v1/instrumentos": "what is asked to evaluate a case: never what was answered",
    "/casos/red": "the directory of institutions",
    "/casos/orientaciones": "the library; what was given is seen as its attention or case is",
    "/casos/api/v1/orientaciones": "the same",
    "/casos/api/v1/fichas": "the orientation library: sheets for everybody",
    "/casos/abiertos/orientaciones": "a sheet, which says nothing of anybody",
    "/casos/temas": "the taxonomy, and the codes that the office adds",
    "/casos/api/v1/temas": "the taxonomy, and the codes that the office adds",
    "/casos/convenios": "agreements with institutions",
    "/casos/api/v1/convenios": "agreements with institutions",
    "/casos/comunidad/mediaciones": "of a case, and reached as it is (tests of mediaciones)",
    "/casos/api/v1/comunidad/mediaciones": "the same",
    "/casos/comunidad/discriminacion": "of a person or a case, and reached as they are (its tests)",
    "/casos/api/v1/comunidad/discriminacion": "the same",
    "/casos/comunidad/obstaculos": "what institutions ask for, and no person",
    "/casos/api/v1/comunidad/obstaculos": "the same",
    "/casos/comunidad/organizaciones": "organisations, and no person whom a case is about",
    "/casos/api/v1/comunidad/organizaciones": "the same",
    "/casos/postulaciones": "seen by who sees the person or runs programmes (its own tests)",
    "/casos/api/v1/postulaciones": "the same",
    "/casos/entregas": "of an application, and seen as it is",
    "/casos/api/v1/entregas": "the same",
    "/casos/rendiciones": "counts every delivery, and names who may be seen",
    "/casos/api/v1/rendiciones": "the same",
    "/casos/existencias": "goods in store",
    "/casos/api/v1/articulos": "goods in store",
    "/casos/programas": "programmes of social aid, and their money",
    "/casos/api/v1/programas": "programmes of social aid, and their money",
    "/casos/api/v1/hechos": "de-identified figures for reportes (tests of hechos)",
    "/casos/importaciones": "a file that the coordination brings",
    "/casos/derechos": "what people ask of their data, for who answers it (tests of derechos)",
    "/casos/api/v1/derechos": "what people ask of their data, for who answers it",
    "/casos/fusiones": "unions of records, seen by who sees both people (tests of fusiones)",
    "/casos/api/v1/fusiones": "the same",
    "/casos/bloqueos": "whose data are blocked, for who answers for rights (tests of bloqueos)",
    "/casos/api/v1/bloqueos": "whose data are blocked, for who answers for rights",
    "/casos/supresiones": "erasures, which name nobody (tests of supresion)",
    "/casos/api/v1/supresiones": "erasures, which name nobody",
    "/casos/incidentes": "reported by anybody, kept by who answers for it (tests of incidentes)",
    "/casos/api/v1/incidentes": "reported by anybody, kept by who answers for it",
    "/casos/comunicaciones": "who received what, for who answers for it (tests of comunicaciones)",
    "/casos/comunicaciones.csv": "the same, as a file",
    "/casos/plazos/calendario": "the municipality's days off (tests of plazos)",
    "/casos/api/v1/plazos/calendario": "the same",
    "/casos/plazos/reglas": "how long deadlines are (tests of plazos)",
    "/casos/api/v1/plazos/reglas": "the same",
    "/casos/api/v1/comunicaciones": "who received what, for who answers for it",
    "/casos/abiertos/expediente": "says of a document whether it is the office's",
    "/casos/api/v1/abiertos/expedientes": "the same",
    "/casos/api/v1/enlace": "the token is the key (tests of the link)",
    "/casos/enlace": "the token is the key (tests of the link)",
    "/casos/confirmacion": "the token is the key (tests of the person's word)",
    "/casos/openapi.json": "the document",
    "/casos/docs": "the document",
    "/healthz": "the process",
    "/readyz": "the process",
    "/metrics": "the process",
}
"""Doors behind which there is no case: by the beginning of their address, and why."""

APARTE: frozenset[str] = frozenset(
    {
        # It shows what it makes; whom it resembles is told as when it is looked up before.
        "POST /casos/api/v1/personas",
        "POST /casos/api/v1/casos",
        # An empty page of reception, and an empty form.
        "GET /casos/recepcion",
        "GET /casos/personas/nueva",
        # Closed cases past their time, by folio; a sealed one only to who is named in it.
        "GET /casos/conservacion",
        "POST /casos/conservacion/{caso}",
        # tests/unit/casos/test_accesos.py
        "GET /casos/accesos-excepcionales",
        "POST /casos/accesos-excepcionales/{acceso}/terminar",
        "GET /casos/api/v1/accesos-excepcionales",
        "GET /casos/api/v1/accesos-excepcionales/{acceso}",
        "POST /casos/api/v1/accesos-excepcionales/{acceso}/termino",
    }
)
"""Doors with tests of their own."""


@dataclass
class Asunto:
    """A case of one confidentiality, with all that hangs from it."""

    ids: dict[str, str]
    folio: str
    documento: str


@dataclass
class Mundo:
    """The counter, and a case of each confidentiality."""

    ventanilla: Ventanilla
    asuntos: dict[str, Asunto] = field(default_factory=dict)

    def preparar(self, asunto: Asunto) -> None:
        """Put back what a door may have taken away, and end whatever it opened."""
        caso_id, persona_id = UUID(asunto.ids["caso"]), UUID(asunto.ids["persona"])
        with self.ventanilla.db.begin() as session:
            session.execute(delete(AccesoExcepcional))
            de_nuevo = {"estado": EstadoCaso.EN_GESTION, "estado_previo": None, "cerrado_en": None}
            session.execute(update(Caso).where(Caso.id == caso_id).values(de_nuevo))
            por_hacer = {"estado": EstadoTarea.PENDIENTE, "terminada_en": None}
            session.execute(update(Tarea).where(Tarea.caso_id == caso_id).values(por_hacer))
            corriendo = {"estado": EstadoPlazo.CORRIENDO, "terminado_en": None, "pausado_en": None}
            del_caso = (
                Plazo.caso_id == caso_id,
                Plazo.derivacion_id.is_(None),
                Plazo.tarea_id.is_(None),
            )
            primero = session.scalar(select(Plazo.id).where(*del_caso).order_by(Plazo.id).limit(1))
            session.execute(update(Plazo).where(Plazo.id == primero).values(corriendo))
            adjunto_id = UUID(asunto.ids["adjunto"])
            puesto = {"retirado_en": None, "retirado_por": None, "retiro_motivo": None}
            session.execute(update(Adjunto).where(Adjunto.id == adjunto_id).values(puesto))
            if session.get(Trozo, (adjunto_id, 0)) is None:
                session.add(Trozo.de(adjunto_id, 0, b"%PDF-1.7"))
            viva = {"anulada_en": AHORA}
            session.execute(
                update(Defuncion).where(Defuncion.persona_id == persona_id).values(viva)
            )
            # Who retires an attachment withdraws the files that carry it.
            foliado = session.get_one(Foliado, UUID(asunto.ids["foliado"]))
            foliado.estado, foliado.pdf_sellado = (
                EstadoCopia.LISTA,
                foliado.pdf_sellado or "JVBERi0=",
            )
            documento = session.get(DocumentoIdentidad, UUID(asunto.ids["documento"]))
            if documento is not None:
                documento.retirado_en = None
                documento.vence_el = clock.today() + timedelta(days=30)
            else:
                session.add(
                    DocumentoIdentidad(
                        id=UUID(asunto.ids["documento"]),
                        persona_id=persona_id,
                        tipo=TipoDocumento.OTRO,
                        numero="X",
                        vence_el=clock.today() + timedelta(days=30),
                        indice=asunto.ids["documento"].replace("-", ""),
                        registrado_en=AHORA,
                    )
                )
            if session.get(Contacto, UUID(asunto.ids["contacto"])) is None:
                session.add(
                    Contacto(
                        id=UUID(asunto.ids["contacto"]),
                        persona_id=persona_id,
                        tipo=TipoContacto.CORREO,
                        valor="de-paso@personas.example",
                        indice=asunto.ids["contacto"].replace("-", ""),
                        registrado_en=AHORA,
                    )
                )
            de_paso = select(MiembroDeCaso).where(
                MiembroDeCaso.caso_id == caso_id, MiembroDeCaso.funcionario_id == DE_PASO
            )
            if session.scalar(de_paso) is None:
                session.add(
                    MiembroDeCaso(
                        caso_id=caso_id, funcionario_id=DE_PASO, nombre="De paso", desde=AHORA
                    )
                )


AHORA = datetime(2026, 11, 9, 15, tzinfo=UTC)
DE_PASO = uuid7()


@pytest.fixture(scope="module")
def mundo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mundo]:
    """An office with everybody of the table in it."""
    made = levantar(tmp_path_factory.mktemp("matriz"))
    yield made
    made.ventanilla.close()


def levantar(carpeta: Path) -> Mundo:
    """The office, its people, and a case of each confidentiality that came as far as it can."""
    mundo = Mundo(Ventanilla(carpeta))
    _contratar(mundo.ventanilla)
    with mundo.ventanilla.db.begin() as session:
        sembrar(session, demo=True)
    for numero, confidencialidad in enumerate(CONFIDENCIALIDADES):
        mundo.asuntos[confidencialidad] = _asunto(mundo.ventanilla, numero, confidencialidad)
    return mundo


def _contratar(ventanilla: Ventanilla) -> None:
    roles = {"nombrada": "profesional", "ajena": "profesional", "jefatura": "coordinacion"}
    with ventanilla.oficina.identidad.extensions["env"].db.begin() as session:
        for usuario, rol in {**roles, "contraparte": "contraparte_unidad"}.items():
            crear_funcionario(
                session,
                NuevoFuncionario(
                    usuario=usuario,
                    nombre=f"Persona {usuario}",
                    correo=f"{usuario}@oficina.example",
                    clave=CLAVE,
                    roles=[rol],
                    unidad="dideco" if usuario == "contraparte" else "migracion",
                ),
                Actor.sistema("identidad"),
            )


def _asunto(ventanilla: Ventanilla, numero: int, confidencialidad: str) -> Asunto:
    def api(metodo: str, path: str, **cuerpo: Any) -> Any:
        como_este = {"If-Match": "*"}
        answer = ventanilla.api(metodo, path, "profesional", json=cuerpo, headers=como_este)
        assert answer.status_code < 300, answer.text
        return answer.json if answer.content_length else None

    documento = f"PRUEBA900{numero}"
    ficha = {"primer_apellido": f"Matriz{numero}", "documento_tipo": "pasaporte"}
    persona = ventanilla.persona(nombres="Prudencia", documento_numero=documento, **ficha)
    otra = ventanilla.persona(nombres="Prudencia", documento_numero=documento, **ficha)
    atencion = api(
        "POST",
        "/atenciones",
        persona_id=persona["id"],
        canal="presencial",
        tema="SOC",
        resultado="abre_caso",
        responsable_id=str(ventanilla.funcionario_id("profesional")),
    )
    consentimiento = api("POST", f"/personas/{persona['id']}/consentimientos", **_CONSIENTE)
    hogar = api("POST", f"/personas/{persona['id']}/hogar", rol="jefatura")
    de_ella = f"/personas/{persona['id']}"
    vinculos = api("POST", f"{de_ella}/vinculos", tipo="hermano", nombre="Una hermana")
    apoyo = {"tipo": "apoyo", "nombre": "Una hermana"}
    representantes = api("POST", f"{de_ella}/representantes", **apoyo)
    # Of somebody who did not die.
    muerte = api("POST", f"/personas/{persona['id']}/defunciones", fuente="familia")
    api("POST", f"/defunciones/{muerte['id']}/rectificacion", motivo="Era otra")
    caso = f"/casos/{atencion['caso_id']}"
    api("POST", f"{caso}/segunda-instancia", motivo="riesgo")
    api(
        "POST",
        f"{caso}/evaluacion",
        riesgo="bajo",
        amerita_derivacion=True,
        fundamento="Fundamento sintético",
    )
    for usuario in ("nombrada", *(("jefatura",) if numero else ())):
        quien = str(ventanilla.funcionario_id(usuario))
        api("POST", f"{caso}/equipo", funcionario_id=quien, motivo="La conoce")
    derivacion = _derivacion(api, ventanilla, atencion["caso_id"])
    dia = str(siguiente_habil(clock.today()))
    tarea = api("POST", f"{caso}/tareas", que="Pedir un papel", vence_el=dia)
    adjunto = _adjunto(api, caso)
    if numero:
        api("POST", f"{caso}/confidencialidad", confidencialidad=confidencialidad, motivo="Riesgo")
    with ventanilla.db.begin() as session:
        tardia = RespuestaDerivacion(
            derivacion_id=UUID(derivacion),
            accion=Accion.RECIBIR,
            estado_resultante=Estado.RECIBIDA,
            grado=Grado.A,
            canal=CanalRespuesta.ENLACE,
            tardia=True,
            registrada_por="DIDECO",
            registrada_en=AHORA,
        )
        session.add(tardia)
        session.flush()
        foliado = Foliado(
            folio=f"EX-2026-9{numero}",
            caso_id=UUID(atencion["caso_id"]),
            contiene=[],
            estado=EstadoCopia.PEDIDA,
            intentos=0,
            pedida_por_id=DE_PASO,
            pedida_por="De paso",
            pedida_en=AHORA,
        )
        foliado.tomar(AHORA)
        foliado.entregar(b"%PDF-", 1, AHORA, AHORA + timedelta(days=36500))
        session.add(foliado)
        session.flush()
        plazo = session.scalars(select(Plazo.id).where(Plazo.caso_id == UUID(caso[7:]))).first()
        ids = {
            "caso": atencion["caso_id"],
            "persona": persona["id"],
            "folio": persona["folio"],
            "otra": otra["id"],
            "consentimiento": consentimiento["id"],
            "defuncion": muerte["id"],
            "vinculo": vinculos["vinculos"][0]["id"],
            "representante": representantes["representantes"][0]["id"],
            "integrante": hogar["hogar"]["integrantes"][0]["id"],
            "derivacion": derivacion,
            "respuesta": str(tardia.id),
            "plazo": str(plazo),
            "tarea": tarea["id"],
            "paso": "hecha",
            "formato": "csv",
            "instrumento": "evaluacion_social",
            "adjunto": adjunto,
            "foliado": str(foliado.id),
            "documento": str(uuid7()),
            "contacto": str(uuid7()),
            "servicio": str(session.get_one(Derivacion, UUID(derivacion)).servicio_id),
        }
    return Asunto(ids, api("GET", caso)["folio"], documento)


def _adjunto(api: Callable[..., Any], caso: str) -> str:
    papel = {"nombre": "Un papel", "contenido": "JVBERi0xLjc="}
    return str(api("POST", f"{caso}/adjuntos", **papel)["id"])


def _derivacion(api: Callable[..., Any], ventanilla: Ventanilla, caso_id: str) -> str:
    """One that the person has confirmed: no step that is still asked of it changes anything."""
    red = ventanilla.api("GET", "/red/servicios?q=dideco.social", "profesional").json
    servicio = next(s for s in red["servicios"] if s["codigo"] == "DIDECO.SOCIAL")  # type: ignore[index]  # it is an object
    hecha = api(
        "POST",
        "/derivaciones",
        caso_id=caso_id,
        servicio_id=servicio["id"],
        proposito="Evaluar una ayuda",
        datos=["nombre"],
        base_licitud="funcion_legal",
        confirmada=True,
    )
    path = f"/derivaciones/{hecha['id']}"
    api("POST", f"{path}/oficio")
    api("POST", f"{path}/aceptar", canal="telefono")
    api("POST", f"{path}/cumplir", canal="telefono", texto="Se entregó una caja")
    api("POST", f"{path}/verificar")
    return str(hecha["id"])


_CONSIENTE = {"forma_consentimiento": "verbal", "idioma_consentimiento": "spa"}

# What is sent to a door so that nothing but the scope keeps whoever knocks out.
CUERPOS: Mapping[str, Callable[[Mundo, Asunto], dict[str, Any]]] = {
    "orientaciones": lambda _m, _a: {"tema": "SOC", "texto": "x"},
    "segunda-instancia": lambda _m, _a: {"motivo": "riesgo"},
    "evaluacion": lambda _m, _a: {
        "riesgo": "bajo",
        "amerita_derivacion": True,
        "fundamento": "x",
    },
    "asignacion": lambda m, _a: {"responsable_id": str(m.ventanilla.funcionario_id("profesional"))},
    "adjuntos": lambda _m, _a: {"nombre": "x", "contenido": "JVBERi0xLjc="},
    "cierre": lambda _m, _a: {"motivo": "resuelto_por_orientacion", "resultado": "logrado"},
    "propuesta-de-cierre": lambda _m, _a: {
        "motivo": "no_amerita",
        "resultado": "logrado",
        "texto": "x",
    },
    "decision-de-cierre": lambda _m, _a: {"aprueba": True},
    "tareas": lambda _m, _a: {"que": "x", "vence_el": str(siguiente_habil(clock.today()))},
    "cambio": lambda m, _a: {
        "responsable_id": str(m.ventanilla.funcionario_id("profesional")),
        "vence_el": str(siguiente_habil(clock.today())),
    },
    "hecha": lambda _m, _a: {"texto": "x"},
    "cancelacion": lambda _m, _a: {"texto": "x"},
    "reapertura": lambda _m, _a: {"motivo": "persona_vuelve"},
    "vuelta-a-gestion": lambda _m, _a: {"motivo": "persona_lo_pide"},
    "suspension": lambda _m, _a: {
        "motivo": "a_peticion",
        "revision_el": str(clock.today() + timedelta(days=7)),
    },
    "reanudacion": lambda _m, _a: {"motivo": "revision"},
    "prioridad": lambda _m, _a: {"prioridad": "urgente", "texto": "x"},
    "denuncia-obligatoria": lambda _m, _a: {"texto": "x"},
    "denuncia": lambda _m, _a: {"destino": "pdi", "texto": "x"},
    "anulacion": lambda _m, _a: {"texto": "x"},
    "confidencialidad": lambda m, a: {
        "confidencialidad": next(c for c, otro in m.asuntos.items() if otro is a),
        "motivo": "Por lo mismo",
    },
    "equipo": lambda m, _a: {
        "funcionario_id": str(m.ventanilla.funcionario_id("profesional")),
        "motivo": "Ya está",
    },
    "retiros": lambda _m, _a: {"funcionario_id": str(DE_PASO), "motivo": "Ya no"},
    "accesos-excepcionales": lambda _m, _a: {
        "motivo": "riesgo_inmediato",
        "texto": "La persona está en peligro ahora",
    },
    "consentimientos": lambda _m, _a: _CONSIENTE,
    "retiro": lambda _m, _a: {"motivo": "decision_de_la_persona"},
    "situaciones": lambda _m, _a: {"prefiere_no_indicar": True},
    "contacto-seguro": lambda _m, _a: {"canales_vedados": ["sms"]},
    "vinculos": lambda _m, _a: {"tipo": "hermano", "nombre": "Un hermano"},
    "representantes": lambda _m, _a: {"tipo": "apoyo", "nombre": "Un hermano"},
    "desuso": lambda _m, _a: {"motivo": "vencido"},
    "hogar": lambda _m, _a: {"rol": "jefatura"},
    "integrantes": lambda _m, a: {"persona_id": a.ids["otra"], "rol": "hermano"},
    "lugar": lambda _m, _a: {"rol": "jefatura"},
    "salida": lambda _m, _a: {"motivo": "se_fue"},
    "defunciones": lambda _m, _a: {"fuente": "familia"},
    "rectificacion": lambda _m, _a: {"motivo": "Era otra"},
    "derechos": lambda _m, _a: {
        "derecho": "acceso",
        "canal": "presencial",
        "identidad": "documento_a_la_vista",
    },
    "alcance": lambda _m, a: {"casos": [a.ids["caso"]]},
    "derivaciones": lambda _m, a: _pedido(a) | {"caso_id": a.ids["caso"]},
    "reencaminar": lambda _m, a: _pedido(a),
    "{accion}": lambda _m, _a: {"canal": "telefono"},
    "anular": lambda _m, _a: {"motivo": "creada_por_error"},
    "docdigital": lambda _m, _a: {"docdigital": "DD-1"},
    "atenciones": lambda _m, a: {
        "persona_id": a.ids["persona"],
        "caso_id": a.ids["caso"],
        "canal": "telefono",
        "tema": "SOC",
        "resultado": "orientada",
    },
    "buscar": lambda _m, a: {"q": a.documento},
    "identificar": lambda _m, a: {"quienes": [a.ids["folio"]]},
    "{persona}": lambda _m, _a: {"genero": "Como lo dice ella"},
    "documentos": lambda _m, _a: {"documento_tipo": "otro", "documento_numero": "Z1"},
    "contactos": lambda _m, _a: {"tipo": "correo", "valor": "otra@personas.example"},
}
# A form without its fields comes back with its errors, if it is the sender's to fill in.
FORMULARIOS: Mapping[str, Callable[[Mundo, Asunto], dict[str, Any]]] = {
    "/derivaciones/{derivacion}/oficio/docdigital": CUERPOS["docdigital"],
    "/expedientes/{caso}/asignacion": lambda m, _a: {
        "asignacion.responsable_id": str(m.ventanilla.funcionario_id("profesional"))
    },
    "/expedientes/{caso}/acceso-excepcional": CUERPOS["accesos-excepcionales"],
    "/expedientes/{caso}/equipo/retiros": lambda _m, _a: {
        "retirar.funcionario_id": str(DE_PASO),
        "retirar.motivo": "Ya no está",
    },
    "/expedientes/{caso}/derivaciones/nueva": lambda _m, a: {"servicio_id": a.ids["servicio"]},
    "/atenciones/nueva": CUERPOS["atenciones"],
    "/recepcion": CUERPOS["buscar"],
    "/personas/nueva/desde-busqueda": CUERPOS["buscar"],
    "/personas/nueva": lambda _m, a: {
        "nombres": "Otra",
        "documento_tipo": "pasaporte",
        "documento_numero": a.documento,
        "revisar": "1",
    },
}
BUSQUEDAS: Mapping[str, str] = {
    "GET /api/v1/casos": "?estado=todos",
    "GET /api/v1/tareas": "?de=todas",
    "GET /tareas": "?de=todas",
    "GET /": "?estado=todos",
    "GET /plazos": "?responsable=",
    "GET /api/v1/derivaciones": "?caso_id={caso}",
    "GET /api/v1/derivaciones/lista": "?estado=todas",
    "GET /derivaciones": "?estado=todas",
    "GET /api/v1/derivaciones/opciones": "?caso_id={caso}",
    "GET /api/v1/atenciones": "?persona_id={persona}",
    "GET /api/v1/personas": "?q={q}",
    "GET /api/v1/personas/nombres": "?id={persona}",
    "GET /expedientes/{caso}/derivaciones/nueva": "?servicio={servicio}",
    "GET /atenciones/nueva": "?persona={persona}",
}
LISTAS = frozenset(
    {
        *("GET /api/v1/tareas", "GET /tareas"),
        *("GET /api/v1/documentos/por-vencer", "GET /documentos/por-vencer"),
        *("GET /api/v1/plazos", "GET /plazos", "GET /plazos.{formato}"),
        *("GET /api/v1/derivaciones/lista", "GET /derivaciones"),
        *("GET /api/v1/casos", "GET /", "POST /api/v1/alcance", "GET /api/v1/atenciones"),
        *("POST /api/v1/personas/buscar", "GET /api/v1/personas", "GET /api/v1/personas/nombres"),
        "POST /api/v1/personas/identificar",
        *("POST /recepcion", "POST /personas/nueva/desde-busqueda", "POST /personas/nueva"),
        *("GET /api/v1/unidad/derivaciones", "GET /unidad"),
    }
)
"""Doors that answer everybody with what is theirs: what counts is whether the case is in it."""


def _pedido(asunto: Asunto) -> dict[str, Any]:
    return {
        "servicio_id": asunto.ids["servicio"],
        "proposito": "Otra ayuda",
        "datos": ["nombre"],
        "base_licitud": "funcion_legal",
    }


def _filas() -> list[tuple[str, str, list[str]]]:
    filas = []
    # A long address has its cells in the line below.
    for linea in re.sub(r"\n {50,}(?=[-+~f.])", " ", MATRIZ.strip()).splitlines()[2:]:
        metodo, path, *celdas = linea.split()
        assert len(celdas) == len(CONFIDENCIALIDADES), linea
        assert all(len(celda) == len(COLUMNAS) for celda in celdas), linea
        filas.append((metodo, path, celdas))
    return filas


def _tocar(mundo: Mundo, metodo: str, path: str, asunto: Asunto, quien: str) -> TestResponse:
    """Knock at a door."""
    mundo.preparar(asunto)
    consulta = BUSQUEDAS.get(f"{metodo} {path}", "")
    ids = asunto.ids | {"accion": "recibir", "q": asunto.documento}
    url = (path + consulta).format(**ids)
    ventanilla = mundo.ventanilla
    rol = "servicio" if quien == "S" else USUARIOS[quien]
    # Whatever version is there: whoever may not read it could not know it.
    como_este = {"If-Match": "*"} if metodo != "GET" else {}
    if url.startswith("/api/v1"):
        cuerpo = CUERPOS.get(path.rpartition("/")[2]) if metodo != "GET" else None
        if "/unidad/" in path and cuerpo:
            cuerpo = None
        json = cuerpo(mundo, asunto) if cuerpo else ({} if metodo != "GET" else None)
        return ventanilla.api(
            metodo, url.removeprefix("/api/v1"), rol, json=json, headers=como_este
        )
    if metodo == "GET":
        return ventanilla.pagina(url, rol)
    formulario = FORMULARIOS.get(path)
    datos = formulario(mundo, asunto) if formulario else {}
    return ventanilla.enviar(url, datos, rol, headers=como_este)


def _dice(answer: TestResponse, asunto: Asunto, *, lista: bool) -> str:
    """What an answer gave away, as a letter of the table."""
    texto = answer.text
    con_folio = asunto.folio in texto
    if answer.status_code == 404:
        assert not con_folio
        return "."
    if answer.status_code == 403:
        reservado = "Caso reservado" in texto or '"confidencialidad"' in texto
        return "f" if con_folio and reservado else "-"
    assert answer.status_code < 500, texto
    if not lista:
        completo = '"hitos"' in texto or '"que"' in texto
        es_minima = "responsable_nombre" in texto and not completo and con_folio
        es_minima |= "Lo que se trabaja en el caso lo ven quienes lo atienden" in texto
        return "~" if es_minima else "+"
    if any(asunto.ids[cual] in texto for cual in ("caso", "persona", "derivacion")):
        return "+"
    if con_folio:
        return "f"
    ajeno = "Una persona que usted no atiende" in texto or '"razones"' in texto
    return "~" if ajeno and "Persona de profesional" in texto else "."


@pytest.mark.parametrize(
    ("metodo", "path", "celdas"), _filas(), ids=lambda v: v if isinstance(v, str) else ""
)
def test_cada_puerta_abre_a_quien_dice_la_tabla(
    mundo: Mundo, metodo: str, path: str, celdas: list[str]
) -> None:
    permitidos = _permiso_de(mundo, metodo, path)
    halladas = []
    for confidencialidad in CONFIDENCIALIDADES:
        asunto = mundo.asuntos[confidencialidad]
        halladas.append(
            "".join(
                _dice(
                    _tocar(mundo, metodo, path, asunto, quien),
                    asunto,
                    lista=f"{metodo} {path}" in LISTAS,
                )
                if ROLES[quien] & permitidos and quien != "X"
                # Who has not the permission does not come as far as the scope.
                else "+"
                if ROLES[quien] & permitidos
                else "-"
                for quien in COLUMNAS
            )
        )
    assert " ".join(halladas) == " ".join(celdas)


def _permiso_de(mundo: Mundo, metodo: str, path: str) -> frozenset[str]:
    app = mundo.ventanilla.app
    for rule in app.url_map.iter_rules():
        if _nombre(rule.rule) == f"/casos{path}" and metodo in (rule.methods or ()):
            acceso = access_of(app.view_functions[rule.endpoint])
            assert acceso is not None
            assert acceso.permiso is not None
            roles: frozenset[str] = app.extensions["guard"].permisos[acceso.permiso]
            return roles
    raise AssertionError(f"{metodo} {path} is no door of casos")


def _nombre(rule: str) -> str:
    """The address of a door with the names of its ids, as in the table."""
    return re.sub(r"<(?:uuid:|any\(.*?\):)?(\w+?)(?:_id)?>", r"{\1}", rule)


def test_cada_puerta_de_casos_esta_en_la_tabla(mundo: Mundo) -> None:
    """A new door says who may pass, or this fails."""
    en_la_tabla = {f"{metodo} /casos{path}" for metodo, path, _celdas in _filas()} | APARTE
    puertas = {
        f"{metodo} {_nombre(rule.rule)}"
        for rule in mundo.ventanilla.app.url_map.iter_rules()
        for metodo in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.endswith("static")
    }
    con_caso = {
        puerta
        for puerta in puertas
        if not any(
            puerta.partition(" ")[2] == de or puerta.partition(" ")[2].startswith(f"{de}/")
            for de in SIN_CASO
        )
    }

    assert con_caso - en_la_tabla == set(), "these doors are in no row of the table"
    assert en_la_tabla - con_caso == set(), "these rows are no doors"


# What of a case each role reads, field by field, when it may read the case at all.
CAMPOS = """
                       RPC
tema                   .++
hitos                  .++
notas                  .++
evaluaciones           .++
riesgo                 .++
derivaciones           .++
situacion_migratoria   .++
contacto               +++
documentos             +++
"""


def test_los_campos_que_lee_cada_rol(mundo: Mundo) -> None:
    ids = mundo.asuntos["normal"].ids
    ventanilla = mundo.ventanilla
    mundo.preparar(mundo.asuntos["normal"])
    orden, *filas = [linea.split() for linea in CAMPOS.strip().splitlines()]
    halladas: dict[str, str] = {fila[0]: "" for fila in filas}
    ventanilla.enviar(
        f"/personas/{ids['persona']}/situacion",
        {"categoria": "irregular", "nota": "Lo contó en confianza"},
        "profesional",
    )
    for columna in orden[0]:
        rol = USUARIOS[columna]
        caso: Any = ventanilla.api("GET", f"/casos/{ids['caso']}", rol).json
        persona: Any = ventanilla.api(
            "GET", f"/personas/{ids['persona']}?mostrar=contacto", rol
        ).json
        ficha = ventanilla.pagina(f"/personas/{ids['persona']}", rol).text
        situacion = ventanilla.pagina(f"/personas/{ids['persona']}/situacion", rol).text
        assert "Lo contó en confianza" not in ficha
        atenciones: Any = ventanilla.api(
            "GET", f"/atenciones?persona_id={ids['persona']}", rol
        ).json["atenciones"]  # type: ignore[index]  # it is an object
        lee = {
            "tema": "tema" in caso,
            "hitos": bool(caso.get("hitos")),
            "notas": all("nota" in una for una in atenciones) and bool(atenciones),
            "evaluaciones": bool(caso.get("evaluaciones")),
            "riesgo": "riesgo" in caso,
            "derivaciones": any(h["tipo"] == "derivacion" for h in caso.get("hitos", ())),
            "situacion_migratoria": "Lo contó en confianza" in situacion,
            "contacto": any("@" in uno["valor"] for uno in persona["contactos"]),
            "documentos": any(d["numero"].startswith("PRUEBA") for d in persona["documentos"]),
        }
        for campo, si in lee.items():
            halladas[campo] += "+" if si else "."

    assert halladas == dict(filas)
