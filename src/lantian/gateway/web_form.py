"""The one file in a form (multipart/form-data), piece by piece as it comes."""

from collections.abc import AsyncGenerator, AsyncIterator

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from lantian.desk.language import mark
from lantian.gateway.web_answers import RefusalError, too_large
from lantian.loop.sense.doors.delivering import check_name
from lantian.terms.errors import CallerError

_HEAD_BYTES = 8_192
"""Longest header of a part. [bytes]"""


class Form:
    """Reads a form; fields without a file name are passed over.

    Parameters
    ----------
    content_type : str
        Header of the request, with the boundary.
    most : int
        Largest file. [byte]

    Raises
    ------
    RefusalError
        The header names no boundary.
    """

    def __init__(self, content_type: str, most: int) -> None:
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        if not boundary:
            raise _broken(mark("The header Content-Type names no boundary."))
        self.name = ""
        self._most, self._size, self._files, self._ended = most, 0, 0, False
        self._inside = False
        self._name, self._value, self._said = bytearray(), bytearray(), b""
        self._ready = bytearray()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._head_end,
                "on_part_data": self._data,
                "on_end": self._end,
            },
        )

    async def pieces(self, body: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        """Yield the file.

        Raises
        ------
        RefusalError
            It is no form, has no file or several, or ends before its end.
        CallerError
            The name of the file is none.
        """
        async for chunk in body:
            try:
                self._parser.write(chunk)
            except FormParserError as fault:
                raise _broken(mark("The body is no form with the boundary that its header names.")) from fault
            if self._ready:
                yield bytes(self._ready)
                self._ready.clear()
        if not self._ended:
            raise _broken(mark("The form ends before its end."))
        if self._files != 1:
            raise _broken(mark("A form has to hold one file, by a name."))

    # ------------------------------------------------------------------------------------------ within

    def _begin(self) -> None:
        self._inside, self._said = False, b""
        self._name.clear()
        self._value.clear()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]
        self._check_head()

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._check_head()

    def _check_head(self) -> None:
        if len(self._name) + len(self._value) > _HEAD_BYTES:
            raise _broken(mark("A part of the form has too long a head."))

    def _header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._said = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _head_end(self) -> None:
        options = parse_options_header(self._said)[1]
        if b"filename" not in options:
            return
        self._inside, self._files = True, self._files + 1
        self.name = options[b"filename"].decode("utf-8", "replace")
        check_name(self.name)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if not self._inside or self._files > 1:
            return
        self._size += end - start
        if self._size > self._most:
            raise too_large(self._most)
        self._ready += data[start:end]

    def _end(self) -> None:
        self._ended = True


def _broken(message: str) -> RefusalError:
    return RefusalError(400, "refused", CallerError(message))
