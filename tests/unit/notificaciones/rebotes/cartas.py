"""Mail as servers and people send it back to an envelope sender."""


def informe(
    para: str,
    *,
    accion: str = "failed",
    status: str = "5.1.1",
    diagnostico: str = "smtp; 550 5.1.1 <x@destino.example>: Recipient address rejected",
) -> bytes:
    """A report of RFC 3464, as Postfix writes one."""
    return f"""From: MAILER-DAEMON@mx.destino.example (Mail Delivery System)
To: {para}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="A1B2.1700000000/mx.destino.example"

This is a MIME-encapsulated message.

--A1B2.1700000000/mx.destino.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--A1B2.1700000000/mx.destino.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.destino.example
Arrival-Date: Tue,  1 Dec 2026 12:00:00 -0300 (-03)

Final-Recipient: rfc822; x@destino.example
Original-Recipient: rfc822;x@destino.example
Action: {accion}
Status: {status}
Diagnostic-Code: {diagnostico}

--A1B2.1700000000/mx.destino.example
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: oficina@acogida.example
To: x@destino.example
Subject: Recordatorio

Texto.

--A1B2.1700000000/mx.destino.example--
""".replace("\n", "\r\n").encode()


def ausente(para: str) -> bytes:
    """What a program answers for somebody who is away."""
    return (
        f"From: x@destino.example\r\nTo: {para}\r\nSubject: Fuera de la oficina\r\n"
        "Auto-Submitted: auto-replied\r\nPrecedence: bulk\r\n\r\n"
        "Vuelvo el lunes. Status: 5.1.1 Action: failed\r\n"
    ).encode()


def respuesta(para: str) -> bytes:
    """What a person writes, with a report of somebody else attached."""
    ajeno = informe("otra@otra.example").decode()
    return (
        f"From: x@destino.example\r\nTo: {para}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="z"\r\n\r\n--z\r\n'
        "Content-Type: text/plain\r\n\r\n¿Qué es esto?\r\n--z\r\n"
        f"Content-Type: message/rfc822\r\n\r\n{ajeno}\r\n--z--\r\n"
    ).encode()
