"""CSV, TSV, JSON, JSON Lines, XML."""

from collections.abc import Callable, Mapping

CSV = (
    'name,price,comment\nPears,"1,20","ripe\nand sweet"\nApples,0.99,\n'
    '"Quinces, dried",3.5,"he said ""no"""\n'
)
SEMICOLONS = "Name;Betrag;Datum\nBirnen, reif;1,20;2026-01-02\nÄpfel;0,99;2026-02-03\n"
NO_HEADER = "1,2,3\n4,5,6\n7,8,9,10\n"
TSV = "city\tpopulation\nBerlin\t3 755 251\nParis\t2 102 650\n"
RECORDS = '[{"id": 1, "name": "Pear", "ripe": true}, {"id": 2, "name": "Fig", "price": 1.20}]'
NESTED = """{
  "title": "Harvest", "year": 2026, "exact": 12345678901234567890.10, "none": null,
  "places": ["hill", "valley"],
  "fruit": [{"name": "Pear", "kg": 3}, {"name": "Fig", "kg": 14}],
  "owner": {"name": "Ada", "address": {"city": "Łódź", "more words": {"a": {"b": {"c": {"d": [1, "x"]}}}}}}
}"""
LINES = '{"at": "09:00", "what": "picked"}\n\n{"at": "10:30", "what": "packed", "by": "Ada"}\n'
XML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE shop [<!ENTITY secret SYSTEM "file:///etc/passwd"><!ENTITY a "aaaa">]>
<shop xmlns:x="urn:x" xml:lang="de" name="Obst">
  <!-- no text -->
  <open from="9">daily &a; and &secret; always</open>
  <x:item id="1"><name>Birne</name><price>1.20</price></x:item>
  <x:item id="2"><name>\xc4pfel</name><price>0.99</price><color>rot</color></x:item>
  <note>Ask <b>Ada</b> for <i>more</i>.</note>
  <empty/>
  <deep><deeper><deepest>here</deepest></deeper></deep>
</shop>
"""
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><title>One</title><link>https://a.example/1</link></item>
<item><title>Two</title><link>https://a.example/2</link></item></channel></rss>"""

DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    "quoted.csv": CSV.encode,
    "semicolons.csv": lambda: SEMICOLONS.encode("cp1252"),
    "numbers.csv": NO_HEADER.encode,
    "cities.tsv": TSV.encode,
    "records.json": RECORDS.encode,
    "nested.json": NESTED.encode,
    "log.jsonl": LINES.encode,
    "shop.xml": lambda: XML.encode("latin-1"),
    "feed.xml": FEED.encode,
}
