"""The words by which Instagram labels the values of its newer lists, in the language of the
account."""

# ruff: noqa: RUF001 - letters of other languages that look like others

from __future__ import annotations

from typing import Final

CAPTION: Final = frozenset(
    {"caption", "bildunterschrift", "légende", "texto", "pie de foto", "didascalia", "legenda"}
    | {"bijschrift", "bildtext", "billedtekst", "bildetekst", "kuvateksti", "podpis", "popisek"}
    | {"açıklama", "alt yazı", "подпись", "підпис", "λεζάντα", "képaláírás", "descriere"}
    | {"キャプション", "문구", "캡션", "说明", "說明", "說明文字", "شرح", "التسمية التوضيحية"}
    | {"keterangan", "chú thích", "คำบรรยาย", "कैप्शन"}
)
PLACE: Final = frozenset(
    {"place", "location", "ort", "standort", "lieu", "lugar", "ubicación", "luogo", "local"}
    | {"localização", "plaats", "locatie", "plats", "sted", "paikka", "sijainti", "miejsce"}
    | {"místo", "yer", "konum", "место", "місце", "τοποθεσία", "hely", "loc", "場所", "장소"}
    | {"地点", "地點", "位置", "مكان", "tempat", "lokasi", "địa điểm", "สถานที่", "जगह"}
)
NAME: Final = frozenset(
    {"name", "nom", "nombre", "nome", "naam", "namn", "navn", "nimi", "nazwa", "název", "ad"}
    | {"isim", "название", "имя", "назва", "ім'я", "όνομα", "név", "nume", "名前", "이름"}
    | {"名称", "名稱", "名字", "الاسم", "nama", "tên", "ชื่อ", "नाम"}
)
LATITUDE: Final = frozenset(
    {"latitude", "breitengrad", "latitud", "latitudine", "breedtegraad", "breddgrad"}
    | {"breddegrad", "leveysaste", "szerokość geograficzna", "zeměpisná šířka", "enlem"}
    | {"широта", "γεωγραφικό πλάτος", "szélességi fok", "緯度", "위도", "纬度"}
    | {"خط العرض", "lintang", "garis lintang", "vĩ độ", "ละติจูด", "अक्षांश"}
)
LONGITUDE: Final = frozenset(
    {"longitude", "längengrad", "longitud", "longitudine", "lengtegraad", "længdegrad"}
    | {"lengdegrad", "pituusaste", "długość geograficzna", "zeměpisná délka", "boylam"}
    | {"долгота", "довгота", "γεωγραφικό μήκος", "hosszúsági fok", "経度", "경도", "经度", "經度"}
    | {"خط الطول", "bujur", "garis bujur", "kinh độ", "ลองจิจูด", "देशांतर"}
)
PUBLISHED: Final = frozenset(
    {"published", "veröffentlicht", "publié", "publiée", "publicado", "publicada", "pubblicato"}
    | {"gepubliceerd", "publicerad", "publicerat", "publiceret", "publisert", "julkaistu"}
    | {"opublikowano", "opublikowane", "publikováno", "yayınlandı", "опубликовано"}
    | {"опубліковано", "公開済み", "게시됨", "已发布", "已發佈", "diterbitkan", "dipublikasikan"}
)
NO: Final = frozenset(
    {"false", "no", "0", "falsch", "nein", "faux", "non", "falso", "não", "onwaar", "nee"}
    | {"falskt", "falsk", "nej", "nei", "ei", "epätosi", "fałsz", "nie", "ne", "nepravda"}
    | {"yanlış", "hayır", "ложь", "нет", "ні", "いいえ", "아니요", "否", "لا", "salah", "tidak"}
)
KNOWN: Final = CAPTION | PLACE | LATITUDE | PUBLISHED | {"media", "medien", "média", "médias"}
"""Words that show that the language of a list is one of these."""
