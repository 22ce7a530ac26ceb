"""Who is meant by a name in a document (责任单位名称)."""

import unicodedata

from lantian.city.records import Body, City


def body_named(city: City, text: str) -> Body | None:
    """Return the body that a document calls `text`, or None.

    Parameters
    ----------
    city : City
        Whose bodies are searched.
    text : str
        Short name, full name, alias or English name; spaces, width and case do not matter.

    Returns
    -------
    Body or None
        The one body of that name; the loader refuses a name that two bodies share.

    Examples
    --------
    >>> from lantian.city import load_city
    >>> city = load_city("changzhi")
    >>> body_named(city, "市农业局").full_name
    '长治市农业农村局'
    >>> len(body_named(city, "各县区人民政府").members)
    12
    """
    wanted = _plain(text)
    if not wanted:
        return None
    for body in city.bodies:
        if any(_plain(name) == wanted for name in (body.name, body.full_name, body.name_en, *body.aliases)):
            return body
    return None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
