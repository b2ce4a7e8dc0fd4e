"""Marks that no service has made, for the tests of the matrix itself."""

from __future__ import annotations

from tests.visibility.cast import Post, User
from tests.visibility.marks import Marks, PostMarks, UserMarks


def _id(number: int) -> str:
    return f"{number:02}".join(("3Z7TD5472D9E", "9YR1ABP61WYS"))


def sample_marks() -> Marks:
    users = {
        user: UserMarks(_id(n), f"vfamilyhandle{n:02}", f"name{n:02}z", f"bio{n:02}z")
        for n, user in enumerate(User, 1)
    }
    posts = {
        post: PostMarks(
            f"{_id(50)}-{_id(n + 60)}",
            _id(n + 20),
            f"{n:064}",
            f"word{n:02}z",
            f"alt{n:02}z",
            f"vfamilytag{n:02}",
            f"vfamilyplace p{n:02}z",
            f"BLOB{_id(n)[4:]}",
            f"said{n:02}z",
            f"{_id(50)}-{_id(n + 60)}-{_id(n + 80)}",
        )
        for n, post in enumerate(Post, 1)
    }
    return Marks("vfamily", "https://site.example", users, posts)
