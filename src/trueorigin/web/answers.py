# SPDX-License-Identifier: Apache-2.0
"""What an answer says to a consumer, part by part, as plain typed text.

The dataclasses here are the context of `verdict.html`; `web/verdictpage.py` fills them. They hold
words only: no object of the core, nothing to compute, nothing to hide.
"""

from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A text somebody entered, with the language it is in where that is not the page's."""

    text: str = field(metadata={"help": "The text itself."})
    tag: str | None = field(metadata={"help": "BCP 47 tag if it differs from the page's."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    """One reason under the headline."""

    text: str = field(metadata={"help": "The sentence of the reason."})
    is_warning: bool = field(metadata={"help": "Whether it speaks against the goods."})


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A picture at several sizes; the browser takes the one that fits its screen."""

    href: str = field(metadata={"help": "Path of the whole picture."})
    src: str = field(metadata={"help": "Path of a size for browsers that cannot choose."})
    srcset: str = field(metadata={"help": "Paths and widths of all sizes."})
    width: int = field(metadata={"help": "Pixels of the whole picture."})
    height: int = field(metadata={"help": "Pixels of the whole picture."})


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """A certificate or inspection paper to download or look at."""

    href: str = field(metadata={"help": "Path of the file."})
    name: str = field(metadata={"help": "File name as it was uploaded."})
    detail: str = field(metadata={"help": "Kind and size, in words."})
    is_download: bool = field(metadata={"help": "Not a picture: kept, never opened here."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureRow:
    """One thing the manufacturer says of the product."""

    name: Worded = field(metadata={"help": "What is said."})
    value: Worded = field(metadata={"help": "How it is."})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePart:
    """The offer to say where this reading is made."""

    to: str = field(metadata={"help": "Where the script sends the cell."})
    script: str = field(metadata={"help": "Path of the script; without it nothing is offered."})
    states: tuple[tuple[str, str], ...] = field(metadata={"help": "Sentences by name."})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationPart:
    """Who issued the code, and how to reach them."""

    name: str = field(metadata={"help": "Name as registered."})
    is_verified: bool = field(metadata={"help": "Whether the operator checked the identity."})
    phone: str | None = field(metadata={"help": "Phone number as registered."})
    phone_link: str | None = field(metadata={"help": "The same as a tel: address."})
    website: str | None = field(metadata={"help": "http or https address; nothing else."})
    website_name: str | None = field(metadata={"help": "Its host, as readers know it."})
    legal_name: str | None = field(metadata={"help": "Full name where it is another one."})
    uscc: str | None = field(metadata={"help": "Unified social credit code."})
    address: str | None = field(metadata={"help": "Where it can be found."})
    email: str | None = field(metadata={"help": "Address for letters."})
    logo: PictureView | None = field(metadata={"help": "Only of a verified organisation."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPart:
    """What the goods are."""

    name: Worded = field(metadata={"help": "Name in the reader's language if there is one."})
    other_name: Worded | None = field(metadata={"help": "Name in the other language."})
    description: Worded | None = field(metadata={"help": "A few sentences."})
    specification: str | None = field(metadata={"help": "Size, strength, pack."})
    category: str | None = field(metadata={"help": "Kind of goods."})
    gtin: str | None = field(metadata={"help": "GTIN-14, without needless leading zeros."})
    features: tuple[FeatureRow, ...] = field(metadata={"help": "As the manufacturer says."})
    pictures: tuple[PictureView, ...] = field(metadata={"help": "The first is the largest."})
    certificates: tuple[PaperView, ...] = field(metadata={"help": "Of the product."})


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternPiece:
    """A stretch of the printed code: the number itself, or dots for what stays unsaid."""

    text: str = field(metadata={"help": "Symbols and blanks as printed."})
    is_number: bool = field(metadata={"help": "Whether the reader compares this stretch."})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPart:
    """The unit in the reader's hand."""

    number: str = field(metadata={"help": "First six symbols of the serial."})
    pattern: tuple[PatternPiece, ...] = field(metadata={"help": "Where it stands in the print."})
    is_group: bool = field(metadata={"help": "A package of units, not an item."})


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPart:
    """What a package holds."""

    title: str = field(metadata={"help": "Level and how many items."})
    summary: str | None = field(metadata={"help": "How many packages of the level below."})
    numbers: tuple[str, ...] = field(metadata={"help": "Numbers of the units inside."})
    more: str | None = field(metadata={"help": "How many numbers are not shown."})
    is_packed: bool = field(metadata={"help": "What is inside now, not what was planned."})
    gone: str = field(metadata={"help": "Planned but not inside."})
    added: str = field(metadata={"help": "Inside but not planned."})
    claim: str | None = field(metadata={"help": "agrees | differs; None: nothing printed."})
    missing: str = field(metadata={"help": "Inside but not printed."})
    extra: str = field(metadata={"help": "Printed but not inside."})


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRow:
    """One raw material."""

    name: str = field(metadata={"help": "What it is."})
    supplier: str | None = field(metadata={"help": "Who delivered it."})
    lot: str | None = field(metadata={"help": "The supplier's lot."})


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPart:
    """When and where the goods were made."""

    lot: str = field(metadata={"help": "Lot as printed on the goods."})
    produced: str | None = field(metadata={"help": "Day of production, in words."})
    expires: str | None = field(metadata={"help": "Last good day, in words."})
    place: Worded | None = field(metadata={"help": "Place of origin."})
    line: str | None = field(metadata={"help": "Production line."})
    materials: tuple[MaterialRow, ...] = field(metadata={"help": "Raw materials."})
    papers: tuple[PaperView, ...] = field(metadata={"help": "Inspection papers of the batch."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One knot of the thread from the first reading to this one."""

    label: str = field(metadata={"help": "Which reading."})
    text: str = field(metadata={"help": "When and roughly where."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsPart:
    """What is known of earlier readings."""

    summary: str = field(metadata={"help": "How many other phones, in words."})
    moments: tuple[Moment, ...] = field(metadata={"help": "First reading, then this one."})
    is_uncounted: bool = field(metadata={"help": "This reading is kept but never counted."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """What an authority found."""

    result: str = field(metadata={"help": "The finding, in words."})
    is_warning: bool = field(metadata={"help": "Whether it speaks against the goods."})
    when: str = field(metadata={"help": "Day, in words."})
    authority: str = field(metadata={"help": "Its office, as registered."})
    document: str | None = field(metadata={"help": "Number of its paper."})
    notes: Worded | None = field(metadata={"help": "In the authority's words."})


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step of the goods on their way."""

    when: str = field(metadata={"help": "Day, in words."})
    what: str = field(metadata={"help": "What happened."})
    where: str | None = field(metadata={"help": "A place everybody may know."})
    organisation: str | None = field(metadata={"help": "Whose place it is."})


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPart:
    """The public places of the steps on a drawing of the world, in degrees."""

    href: str | None = field(metadata={"help": "The drawing, cut to the view; None: not built."})
    view: str = field(metadata={"help": "View box of the dots."})
    radius: float = field(metadata={"help": "Of a dot."})
    line: str = field(metadata={"help": "Points of the way between them, in order."})
    dots: tuple[tuple[float, float], ...] = field(metadata={"help": "Centres of the dots."})


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPart:
    """What everybody may know of the unit's life."""

    findings: tuple[FindingRow, ...] = field(metadata={"help": "Latest first."})
    steps: tuple[StepRow, ...] = field(metadata={"help": "In order; the first is production."})
    map: MapPart | None = field(metadata={"help": "None where no step has a public place."})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallPart:
    """Why the goods were called back and what to do."""

    reason: Worded = field(metadata={"help": "In the manufacturer's words."})
    instruction: Worded | None = field(metadata={"help": "In the manufacturer's words."})
    contact: str | None = field(metadata={"help": "Phone, address or page."})
    since: str = field(metadata={"help": "From when on, in words."})


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictPage:
    """A whole answer. Parts are None where nothing is known or nothing may be said.

    Equal for all units of a batch with the same kind of answer: what differs from unit to unit
    is marked by slots (see `web/splicing.py`), so equal pages are rendered once.
    """

    verdict: str = field(metadata={"help": "The verdict as the JSON answer has it."})
    tone: str = field(metadata={"help": "What the page looks like; see `wording.pick_tone`."})
    headline: str = field(metadata={"help": "The verdict in one or two words."})
    sentence: str = field(metadata={"help": "The verdict in a sentence."})
    reasons: tuple[ReasonLine, ...] = field(metadata={"help": "Why, most serious first."})
    steps: tuple[str, ...] = field(metadata={"help": "What to do now, in order."})
    checked_at: str = field(metadata={"help": "When this answer was given."})
    read_code: str | None = field(metadata={"help": "What was read, where it led nowhere."})
    is_mistyped: bool = field(metadata={"help": "What was read cannot have been printed."})
    confirm_path: str | None = field(metadata={"help": "Picture whose loading counts the phone."})
    place: PlacePart | None = field(metadata={"help": "Offered with the confirmation only."})
    brand_style: Markup = field(metadata={"help": "Sheet with the maker's colour, or nothing."})
    recall: RecallPart | None = field(metadata={"help": "Only on recalled goods."})
    product: ProductPart | None = field(metadata={"help": "What the goods are."})
    organisation: OrganisationPart | None = field(metadata={"help": "Who issued the code."})
    unit: UnitPart | None = field(metadata={"help": "The unit in the reader's hand."})
    group: GroupPart | None = field(metadata={"help": "Only on group codes."})
    readings: ReadingsPart | None = field(metadata={"help": "Earlier readings."})
    batch: BatchPart | None = field(metadata={"help": "Production, dates, origin."})
    history: HistoryPart | None = field(metadata={"help": "Its way, where anything is known."})
