"""The codecs of videos that are accepted, by ffmpeg's names. Nothing else is decoded.

A codec is on a list if cameras, phones or browsers write it into MP4, MOV or WebM files. Each one
more is more code that strangers' bytes reach, so those of editing programs and of video discs are
left out. `docs/media.md` says why each is here.
"""

from __future__ import annotations

from typing import Final

MODERN: Final = ("h264", "hevc", "vp8", "vp9", "av1")
"""The codecs of pictures that a file is chosen for: a track in one of them is preferred to a track
in an older one, which may be a preview."""
OLDER: Final = ("mpeg4", "h263", "mjpeg", "prores")
PICTURES: Final = frozenset(MODERN + OLDER)
NAMES: Final = "H.264, HEVC, VP8, VP9, AV1, MPEG-4, H.263, Motion JPEG or ProRes"

_PCM: Final = (
    *("u8", "s8", "s16le", "s16be", "s24le", "s24be", "s32le", "s32be", "s64le", "s64be"),
    *("f32le", "f32be", "f64le", "f64be", "alaw", "mulaw"),
)
SOUNDS: Final = frozenset(
    {
        *("aac", "mp3", "mp2", "opus", "vorbis", "alac", "flac", "ac3", "eac3"),
        *("amr_nb", "amr_wb", "qcelp", "gsm", "gsm_ms", "mace3", "mace6"),
        *("adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms"),
        *(f"pcm_{kind}" for kind in _PCM),
    }
)

WITH_ALPHA: Final = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""The decoders that know the transparency of WebM files. ffmpeg's own, which are faster, do not."""
_OTHER_DECODERS: Final = frozenset({"libdav1d", "mp3float", "mp2float", "amrnb", "amrwb"})
"""The decoders that ffmpeg uses for some of the codecs above."""
DECODERS: Final = PICTURES | SOUNDS | _OTHER_DECODERS | frozenset(WITH_ALPHA.values())
