"""Nothing is sent into a network of one's own, however its address is written."""

import pytest

from lantian.desk.post.addresses import check_public, is_public
from lantian.terms.errors import CallerError

PUBLIC = "93.184.216.34"


def leads_to(*addresses: str):
    return lambda host, port: list(addresses)


def test_a_public_address_is_returned_with_where_it_leads() -> None:
    place = check_public("https://hook.example:8443/in?a=1", resolve=leads_to(PUBLIC, PUBLIC, "2606:4700::1111"))
    assert (place.host, place.port, place.addresses) == ("hook.example", 8443, (PUBLIC, "2606:4700::1111"))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1",
        "100.100.100.200",
        "169.254.169.254", "168.63.129.16", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::",
        "2002:a9fe:a9fe::", "2001:0:a00:1::1", "nonsense", "",
    ],
)  # fmt: skip
def test_an_address_inside_is_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(CallerError, match="not on the public internet"):
        check_public("https://hook.example/", resolve=leads_to(PUBLIC, address))


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_an_address_outside_is_taken(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "", "hook.example", "http://hook.example/", "file:///etc/passwd", "gopher://hook.example/", "https://",
        "https://user:hush@hook.example/", "https://hook.example:99999/", "https://[::1/", "//hook.example/",
    ],
)  # fmt: skip
def test_what_is_no_address_to_send_to_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(CallerError, match="not an address to send to") as refused:
        check_public(url, resolve=leads_to(PUBLIC))
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["https://localhost/", "https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/"]
)
def test_this_machine_is_found_behind_each_of_its_names(url: str) -> None:
    with pytest.raises(CallerError, match=r"leads to (127\.0\.0\.1|::1)"):
        check_public(url)


def test_a_name_that_leads_nowhere_is_not_found() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError(host)

    with pytest.raises(CallerError, match="not found"):
        check_public("https://hook.invalid/", resolve=nowhere)
    with pytest.raises(CallerError, match="not found"):
        check_public("https://hook.invalid/", resolve=leads_to())


def test_http_is_taken_where_it_is_asked_for() -> None:
    assert check_public("http://hook.example/", schemes=("https", "http"), resolve=leads_to(PUBLIC)).port == 80
