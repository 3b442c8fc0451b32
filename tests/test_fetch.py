"""Paintings from Wikimedia Commons: fetched once and within limits, here from a server that does all things wrong."""

from __future__ import annotations

import http.server
import os
import threading
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from course_utils.__main__ import main
from course_utils.commands import check, parse
from course_utils.errors import CourseError
from course_utils.pictures import commons, fetch
from course_utils.pictures.fetch import painting
from course_utils.pictures.loading import load_picture
from course_utils.pictures.saving import encode
from course_utils.pictures.shipped import names

ROOT = Path(__file__).resolve().parent.parent


class Server(http.server.ThreadingHTTPServer):
    """Answers as `answer` says, a method of Handler below. It counts, and keeps what it was asked for last."""

    daemon_threads = True

    def __init__(self, data: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.data, self.answer, self.asked, self.headers, self.ended = data, "good", [], {}, threading.Event()
        self.left = threading.Event()  # Set when the course has hung up on us.
        self.address = f"http://127.0.0.1:{self.server_port}/"


class Handler(http.server.BaseHTTPRequestHandler):
    """One kind of server a method."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.headers = dict(self.headers)
        try:
            getattr(self, self.server.answer)()
        except ConnectionError:
            self.server.left.set()

    def log_message(self, *_) -> None:
        pass

    def head(self, code: int = 200, **headers: object) -> None:
        self.send_response(code)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), str(value))
        self.end_headers()

    def good(self) -> None:
        self.head(Content_Length=len(self.server.data))
        self.wfile.write(self.server.data)

    def without_length(self) -> None:
        self.head()
        self.wfile.write(self.server.data)

    def redirect(self) -> None:
        self.server.answer = "good"
        self.head(302, Location="/elsewhere.jpg", Content_Length=0)

    def circle(self) -> None:
        self.head(302, Location=self.path, Content_Length=0)

    def to_a_file(self) -> None:
        self.head(302, Location="file:///etc/hostname", Content_Length=0)

    def missing(self) -> None:
        self.head(404, Content_Length=0)

    def broken(self) -> None:
        self.head(500, Content_Length=0)

    def page(self) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<!DOCTYPE html><title>Sign in</title>")

    def empty(self) -> None:
        self.head(Content_Length=0)

    def gone(self) -> None:
        """Hangs up without a word."""

    def nonsense(self) -> None:
        self.wfile.write(b"Good morning!\r\n\r\n")

    def half(self) -> None:
        self.head(Content_Length=len(self.server.data))
        self.wfile.write(self.server.data[: len(self.server.data) // 2])

    def half_without_length(self) -> None:
        self.head()
        self.wfile.write(self.server.data[: len(self.server.data) // 2])

    def half_in_chunks(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" + self.server.data[:512])

    def says_too_much(self) -> None:
        """Tells a length, and then nothing: whoever waits for the bytes waits in vain."""
        self.head(Content_Length=10**9)
        self.server.ended.wait()

    def sends_too_much(self) -> None:
        self.head()
        while not self.server.ended.is_set():
            self.wfile.write(bytes(10_000))

    def silent(self) -> None:
        self.server.ended.wait()

    def drips(self) -> None:
        self.head(Content_Length=len(self.server.data))
        self.drip(self.server.data)

    def drips_its_header(self) -> None:
        self.drip(b"HTTP/1.0 200 " + bytes(100_000).replace(b"\0", b"O"))

    def drip(self, data: bytes) -> None:
        for k in range(len(data)):
            if self.server.ended.wait(0.02):
                return
            self.wfile.write(data[k : k + 1])


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """The folder of this test's cache, not there yet, and no other place from which a picture could come."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(fetch, "_unkept", {})
    monkeypatch.setattr(fetch, "ADDRESS", "http://127.0.0.1:1/")
    return tmp_path / "cache"


@pytest.fixture
def server(make_picture, monkeypatch):
    server = Server(encode(make_picture(60, 80)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setattr(fetch, "ADDRESS", server.address)
    yield server
    server.ended.set()
    server.shutdown()
    server.server_close()


# Fetching


@pytest.mark.parametrize("answer", ["good", "without_length", "redirect"])
def test_a_painting_comes_as_a_picture(answer, server):
    server.answer = answer
    picture = painting("starry_night", progress=False)
    assert picture.dtype == np.float32
    np.testing.assert_array_equal(picture, load_picture(server.data))
    assert len(server.asked) == (2 if answer == "redirect" else 1)


def test_the_file_is_asked_for_by_its_name_its_width_and_our_own(server, monkeypatch):
    file = "Is_this_a_name?_Où,_(à_Paris)_50%.jpg"
    monkeypatch.setitem(commons.PAINTINGS, "new", commons.Painting("New", "Nobody", "1889", "night_swirls", file))
    painting("new", progress=False)
    address = urllib.parse.urlsplit(server.asked[0])
    assert urllib.parse.unquote(address.path) == f"/{file}"
    assert address.query == "width=1280"
    assert server.headers["User-Agent"].startswith("deep-dream-and-style/")


def test_a_size_is_that_of_the_longest_side(server):
    assert painting("the_scream", 40, progress=False).shape == (30, 40, 3)


@pytest.mark.parametrize("progress", [True, False])
def test_a_bar_names_the_painting_and_is_gone_in_the_end(progress, server, capsys):
    painting("great_wave", progress=progress)
    printed = capsys.readouterr().err
    assert "great_wave" in printed if progress else not printed


# What can go wrong on the way

WRONG = {  # A server's manner, and the words for it.
    "missing": "the server answered 404",
    "broken": "the server answered 500",
    "circle": "the server answered 302",
    "to_a_file": "the server answered 302",
    "page": "what came is no whole picture",
    "empty": "what came is no whole picture",
    "half_without_length": "what came is no whole picture",
    "half": "the connection broke off",
    "half_in_chunks": "the connection broke off",
    "gone": "the connection broke off",
    "nonsense": "the server's answer makes no sense",
    "says_too_much": "it is larger than 0.05 MB",
    "sends_too_much": "it is larger than 0.05 MB",
    "silent": "it took longer than 0.2 seconds",
    "drips": "it took longer than 0.2 seconds",
    "drips_its_header": "it took longer than 0.2 seconds",
}
SLOW = [answer for answer, words in WRONG.items() if "longer than" in words]


@pytest.mark.parametrize("answer", WRONG)
def test_a_failure_is_told_in_one_line_that_names_what_works(answer, server, cache, refused, monkeypatch):
    server.answer = answer
    monkeypatch.setattr(fetch, "MOST_BYTES", 50_000)
    monkeypatch.setattr(fetch, "PATIENCE", 0.2 if answer in SLOW else 60)
    with refused(f"starry_night could not be fetched ({WRONG[answer]}): ", '"night_swirls", or try again later.'):
        painting("starry_night", progress=False)
    assert not cache.exists()
    server.answer = "good"
    monkeypatch.setattr(fetch, "PATIENCE", 60)
    assert painting("starry_night", progress=False).shape == (60, 80, 3)


def test_a_server_that_falls_silent_is_left_before_all_patience_is_spent(server, refused, monkeypatch):
    server.answer = "silent"
    monkeypatch.setattr(fetch, "SILENCE", 0.1)
    monkeypatch.setattr(fetch, "PATIENCE", 10)
    with refused("the server said nothing for 0.1 seconds"):
        painting("starry_night", progress=False)


@pytest.mark.parametrize("answer", ["sends_too_much", "drips"])
def test_a_server_that_is_given_up_is_left_and_no_longer_listened_to(answer, server, monkeypatch):
    server.answer = answer
    monkeypatch.setattr(fetch, "MOST_BYTES", 50_000)
    monkeypatch.setattr(fetch, "PATIENCE", 0.2 if answer == "drips" else 60)
    with pytest.raises(CourseError):
        painting("starry_night", progress=False)
    assert server.left.wait(20)


def test_without_a_connection_that_is_said(refused):
    with refused("great_wave could not be fetched (no connection: ", '"woodcut_waves", or connect and try again.'):
        painting("great_wave", progress=False)


def test_a_safe_address_never_leads_to_one_that_is_not():
    follow, request = fetch._Redirects().redirect_request, urllib.request.Request("https://one.example/a.jpg")
    assert follow(request, None, 302, "Found", {}, "https://two.example/a.jpg").full_url == "https://two.example/a.jpg"
    for address in ("http://one.example/a.jpg", "ftp://one.example/a.jpg"):
        with pytest.raises(CourseError, match="https"):
            follow(request, None, 302, "Found", {}, address)


def test_the_real_address_is_safe_and_no_server_of_a_test(monkeypatch):
    monkeypatch.undo()
    assert fetch.ADDRESS.startswith("https://commons.wikimedia.org/")


# Keeping


def test_the_second_time_nothing_is_fetched(server, cache):
    first = painting("the_kiss", progress=False)
    assert [path.name for path in cache.iterdir()] == ["the_kiss.jpg"]
    server.answer = "missing"
    np.testing.assert_array_equal(painting("the_kiss", progress=False), first)
    assert len(server.asked) == 1
    with pytest.raises(CourseError):  # The cache knows the pictures apart.
        painting("the_scream", progress=False)


@pytest.mark.parametrize("share", [0, 0.6])
def test_a_damaged_file_is_fetched_again(share, server, cache):
    first = painting("the_kiss", progress=False)
    file = cache / "the_kiss.jpg"
    file.write_bytes(server.data[: int(share * len(server.data))])
    np.testing.assert_array_equal(painting("the_kiss", progress=False), first)
    assert file.read_bytes() == server.data and len(server.asked) == 2


@pytest.mark.parametrize("why", ["a file in its place", "a folder in the file's place", "full", "no home"])
def test_where_nothing_can_be_kept_the_painting_lasts_as_long_as_the_program(why, server, cache, monkeypatch):
    if why == "a file in its place":  # Permissions do not bind an administrator, but this does.
        cache.write_text("in the way")
    elif why == "a folder in the file's place":
        (cache / "water_lilies.jpg").mkdir(parents=True)
    elif why == "full":
        monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    else:
        for variable in ("COURSE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    first = painting("water_lilies", progress=False)
    np.testing.assert_array_equal(painting("water_lilies", progress=False), first)
    assert len(server.asked) == 1
    assert why != "full" or list(cache.iterdir()) == []


@pytest.mark.parametrize(
    ("platform", "variable", "inside"),
    [
        ("linux", "XDG_CACHE_HOME", ".cache"),
        ("darwin", None, "Library/Caches"),
        ("win32", "LOCALAPPDATA", "AppData/Local"),
    ],
)
def test_the_cache_is_where_the_platform_keeps_such_things(platform, variable, inside, tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_CACHE")
    monkeypatch.setattr(fetch.sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    assert fetch.cache_folder() == tmp_path / inside / "deep-dream-and-style"
    if variable:
        monkeypatch.setenv(variable, str(tmp_path / "mine"))
        assert fetch.cache_folder() == tmp_path / "mine" / "deep-dream-and-style"


# Names


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("starry_nigth", "did you mean starry_night"),
        ("wave", "did you mean great_wave?"),
        ("../the_kiss", "did you mean the_kiss?"),
        ("guernica", "use one of adele_bloch_bauer, "),
        ("", "use one of adele_bloch_bauer, "),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name, hint, refused):
    with refused(repr(name), hint):
        painting(name)


def test_every_painting_has_a_shipped_one_to_stand_in_and_its_credit():
    credits = (ROOT / "images" / "CREDITS.md").read_text(encoding="utf-8")
    shipped = names()
    assert len(commons.PAINTINGS) >= 12
    for name, one in commons.PAINTINGS.items():
        assert one.instead in shipped["paintings"]
        assert name not in shipped["paintings"] + shipped["photographs"]
        line = next(line for line in credits.splitlines() if line.startswith(f"| `{name}` |"))
        assert f"| {one.title} | {one.artist} (died " in line and f"/File:{urllib.parse.quote(one.file)})" in line
        assert int(line.split("(died ")[1][:4]) + 70 < 2026
        assert commons.commons_paintings()[name] == f"{one.title}, {one.artist}, {one.year}"


def test_a_name_alone_fetches_nothing_but_says_how_to(server, refused):
    with refused("starry_night: no such file", 'painting("starry_night")', "commons:starry_night"):
        load_picture("starry_night")
    assert server.asked == []


# On the command line


def test_a_command_takes_paintings_of_commons_wherever_it_takes_files(server, tmp_path):
    words = "style commons:the_kiss cat commons:great_wave --start commons:the_scream --size 64"
    job = check(parse([*words.split(), "-o", str(tmp_path / "a.png")]))
    assert len(server.asked) == 3
    assert job.content.shape == job.styles[1].shape == (48, 64, 3) and job.settings.start.shape == (60, 80, 3)
    assert job.words["styles"] == "cat, commons:great_wave" and job.words["start"] == "commons:the_scream"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("cat commons:great_wafe -o out.png", "there is no painting 'great_wafe' to fetch; did you mean great_wave?"),
        ("cat commons: -o out.png", "use one of adele_bloch_bauer"),
        ("cat night_swirls --start commons:kiss -o out.png", "did you mean the_kiss?"),
        ("cat starry_night -o out.png", "commons:starry_night on the command line"),
        ("cat commons:great_wave -o no/out.png", "there is no folder no"),  # Before anything is fetched.
    ],
)
def test_a_command_that_cannot_work_fetches_nothing(words, complaint, server, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["style", *words.split()]) == 2
    assert complaint in capsys.readouterr().err
    assert server.asked == [] and os.listdir(tmp_path) == []


def test_a_command_without_a_connection_ends_in_one_line(capsys, tmp_path):
    assert main(["style", "cat", "commons:great_wave", "-o", str(tmp_path / "out.png")]) == 2
    assert capsys.readouterr().err.strip().splitlines()[-1].startswith("course_utils: error: great_wave could not be")
