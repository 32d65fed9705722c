"""Slow or timed work of casos. A task is a nudge: what is due is always a row."""

from casos.comunidad.organizaciones import tasks as organizaciones
from casos.convenios import tasks as convenios
from casos.copias import tasks as copias
from casos.documentos.vencimientos import tasks as vencimientos
from casos.foliados import tasks as foliados
from casos.importacion import tasks as importacion
from casos.plazos import tasks as plazos
from casos.programas.postulaciones import tasks as postulaciones
from casos.red.consultas import tasks as consultas
from casos.red.verificaciones import tasks as verificaciones
from casos.retencion import retencion
from casos.supresion import tasks as supresion
from oficina.bus import retention
from oficina.jobs import Jobs
from oficina.web.kept_answers import podar_respuestas

jobs = Jobs("casos")
jobs.sweep(every=retention.EVERY)(retention.podar_bus)
jobs.sweep(every=retention.EVERY)(podar_respuestas)
importacion.registrar_en(jobs)
plazos.registrar_en(jobs)
retencion.registrar_en(jobs)
copias.registrar_en(jobs)
foliados.registrar_en(jobs)
supresion.registrar_en(jobs)
convenios.registrar_en(jobs)
organizaciones.registrar_en(jobs)
postulaciones.registrar_en(jobs)
verificaciones.registrar_en(jobs)
consultas.registrar_en(jobs)
vencimientos.registrar_en(jobs)
