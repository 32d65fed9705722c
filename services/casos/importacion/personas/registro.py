"""What a register of people makes: a new record of each person whom the office does not know.

Who is known by a document stays as they are: a file adds nobody twice and changes nobody, but for
who asked not to be contacted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from casos.importacion import ficha as fichas
from casos.importacion.agrupacion import Ficha
from casos.importacion.celdas import con_mayusculas
from casos.importacion.inserciones import insertar_muchas
from casos.importacion.models import FilaImportada, Tipo
from casos.importacion.personas.lectura import FilaDelPadron
from casos.importacion.registro import Registro
from casos.personas.models import TipoContacto
from casos.personas.schemas import DatosContacto, DatosDocumento, NuevaPersona
from oficina.identity_docs import compactar


class Padron(Registro):
    """A register of people: each row is one."""

    tipo = Tipo.PERSONAS

    def nueva(self, ficha: Ficha) -> NuevaPersona:
        """Of each thing the first that a row says; of several rows, the best name and birth."""
        filas: Sequence[FilaDelPadron] = [f for f in ficha.filas if isinstance(f, FilaDelPadron)]
        datos = fichas.como_nueva(fichas.datos(ficha))
        partes = next((fila.partes for fila in filas if fila.partes), None)
        if partes:
            nombres, primero, segundo = (con_mayusculas(parte) for parte in partes)
            datos = replace(
                datos, nombres=nombres, primer_apellido=primero, segundo_apellido=segundo
            )
        correos = dict.fromkeys(fila.correo for fila in filas if fila.correo)
        contactos = [DatosContacto(tipo=TipoContacto.CORREO, valor=uno) for uno in correos]
        return replace(
            datos,
            nombre_social=next((f.nombre_social for f in filas if f.nombre_social), None),
            genero=next((f.genero for f in filas if f.genero), None),
            nacionalidades=list(dict.fromkeys(n for f in filas for n in f.nacionalidades))[:5],
            idiomas=list(dict.fromkeys(i for f in filas for i in f.idiomas))[:8],
            nivel_espanol=next((f.nivel_espanol for f in filas if f.nivel_espanol), None),
            requiere_interprete=any(f.interprete for f in filas),
            canal_preferido=next((f.canal_preferido for f in filas if f.canal_preferido), None),
            contactos=(*datos.contactos, *contactos),
        )

    def mas_documentos(self, ficha: Ficha) -> Sequence[DatosDocumento]:
        """Every other one that any of the rows shows."""
        todos = [leido.documento for fila in ficha.filas for leido in fila.documentos]
        distintos = {(uno.tipo, compactar(uno.numero)): uno for uno in reversed(todos)}
        principal = todos[0] if todos else None
        return [
            DatosDocumento(documento=uno)
            for clave, uno in reversed(distintos.items())
            if principal is None or clave != (principal.tipo, compactar(principal.numero))
        ]

    def escribir(
        self,
        session: Session,
        lugares: Sequence[int],
        personas: Mapping[int, UUID],
        importacion_id: UUID,
    ) -> None:
        """That they are in: a register of people tells nothing else."""
        importadas = []
        for n in lugares:
            fila, lugar = self.lectura.filas[n], self.agrupacion.de_fila[n]
            importadas.append(
                {
                    "clave": self.claves[n],
                    "importacion_id": importacion_id,
                    "atencion_id": None,
                    "persona_id": None if lugar is None else personas[lugar],
                    "hoja": fila.hoja[:40],
                    "fila": fila.numero,
                }
            )
        insertar_muchas(session, FilaImportada, importadas)
