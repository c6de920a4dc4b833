"""Writers of the file formats of the example, with plain Python: the same input gives the same bytes everywhere."""

import hashlib
import io
import json
import zipfile
from xml.sax.saxutils import quoteattr


def shuffled(rows, salt, key):
    """Rows in an order that depends on `salt` only, so that the two sides never agree on it."""
    return sorted(rows, key=lambda row: hashlib.sha256(f"{salt}|{key(row)}".encode()).digest())


def csv_line(cells, delimiter=","):
    """One line of delimited text, quoted only where it must be."""

    def quoted(cell):
        text = "" if cell is None else str(cell)
        if any(c in text for c in (delimiter, '"', "\n", "\r")):
            return '"' + text.replace('"', '""') + '"'
        return text

    return delimiter.join(quoted(c) for c in cells)


def csv_text(headings, lines, delimiter=","):
    """A delimited file from its headings and finished lines."""
    return csv_line(headings, delimiter) + "\n" + "".join(line + "\n" for line in lines)


def json_line(value):
    """One JSON object on one line."""
    return json.dumps(value, ensure_ascii=False)


def attributes(pairs):
    """XML attributes, absent values left out."""
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in pairs if value is not None)


def column_letter(index):
    """A, B, … for 0, 1, …; the example needs no more than 26."""
    return chr(ord("A") + index)


def xlsx(sheets):
    """A workbook. `sheets` is [(name, rows)]; a cell is text, int, bool, ("date", serial) or None.

    Entries are stored, not deflated, with a fixed time: the bytes do not depend on the version of zlib or on the clock.
    """
    strings, index = [], {}

    def shared(text):
        if text not in index:
            index[text] = len(strings)
            strings.append(text)
        return index[text]

    def cell_xml(ref, cell):
        if isinstance(cell, bool):
            return f'<c r="{ref}" t="b"><v>{int(cell)}</v></c>'
        if isinstance(cell, tuple):
            return f'<c r="{ref}" s="1"><v>{cell[1]}</v></c>'
        if isinstance(cell, int):
            return f'<c r="{ref}"><v>{cell}</v></c>'
        return f'<c r="{ref}" t="s"><v>{shared(cell)}</v></c>'

    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {}
    for number, (_, rows) in enumerate(sheets, 1):
        body = []
        for r, row in enumerate(rows, 1):
            cells = "".join(cell_xml(f"{column_letter(c)}{r}", cell) for c, cell in enumerate(row) if cell is not None)
            if cells:
                body.append(f'<row r="{r}">{cells}</row>')
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'{head}<worksheet xmlns="{main}"><sheetData>{"".join(body)}</sheetData></worksheet>'
        )
    names = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, (name, _) in enumerate(sheets, 1)
    )
    parts["xl/workbook.xml"] = f'{head}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets></workbook>'
    last = len(sheets)
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in range(1, last + 1)
    )
    relations += f'<Relationship Id="rId{last + 1}" Type="{office}/styles" Target="styles.xml"/>'
    relations += f'<Relationship Id="rId{last + 2}" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
    parts["xl/_rels/workbook.xml.rels"] = f'{head}<Relationships xmlns="{package}/relationships">{relations}</Relationships>'
    parts["xl/styles.xml"] = (
        f'{head}<styleSheet xmlns="{main}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )
    items = "".join(f"<si><t>{escape_text(s)}</t></si>" for s in strings)
    parts["xl/sharedStrings.xml"] = f'{head}<sst xmlns="{main}" uniqueCount="{len(strings)}">{items}</sst>'
    sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = f'<Override PartName="/xl/workbook.xml" ContentType="{sheet_type}.sheet.main+xml"/>'
    overrides += "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{sheet_type}.worksheet+xml"/>' for n in range(1, last + 1)
    )
    overrides += f'<Override PartName="/xl/styles.xml" ContentType="{sheet_type}.styles+xml"/>'
    overrides += f'<Override PartName="/xl/sharedStrings.xml" ContentType="{sheet_type}.sharedStrings+xml"/>'
    parts["[Content_Types].xml"] = (
        f'{head}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
    parts["_rels/.rels"] = (
        f'{head}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in ["[Content_Types].xml", *sorted(n for n in parts if n != "[Content_Types].xml")]:
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            archive.writestr(entry, parts[name])
    return out.getvalue()


def escape_text(text):
    """Text content of an XML element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
