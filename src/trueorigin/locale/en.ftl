# SPDX-License-Identifier: Apache-2.0
# English. Plain words, short sentences; say what we know and how we know it, never more.

## The language itself

language-tag = en
language-name = English
language-locale = en_001
instant = { $day }, { $time }
instant-in-zone = { $instant } ({ $zone })
place = { $latitude } { $longitude }
place-north = { $degrees }° N
place-south = { $degrees }° S
place-east = { $degrees }° E
place-west = { $degrees }° W

## Page chrome

brand = TrueOrigin
brand-title = { $title } · TrueOrigin
skip-to-answer = Skip to the answer
language-switch = Language
checked-at = Checked { $at }
footer-domain = This answer counts only on { $host }. Look at the address bar: a copied label can lead to a copied page.
footer-privacy = No account, no phone number, no advertising. A cookie tells your phone from others; we store no name and no raw network address.
footer-home = Check another code
footer-console = For enterprises
button-type = Type the code
read-code = We read:
read-mistyped = Its last character does not fit the others: at least one is wrong.

## Verdicts: the headline, one sentence, and what to do now

verdict-genuine = Genuine
    .sentence = { $organisation } issued this code for this product, and nothing we know speaks against it.
    .sentence-group = { $organisation } issued this code for this package, and nothing we know speaks against it.
    .step-1 = Compare the number on this page with the one printed under the code.
    .step-2 = See that seal and packaging are untouched. A code proves where it comes from; only you can see whether the package was opened.
verdict-unverified = Genuine code, maker not verified
    .sentence = { $organisation } issued this code, and nothing we know speaks against it. But nobody has verified yet who that is.
    .step-1 = Compare the number on this page with the one printed under the code.
    .step-2 = Do you know the maker? Check its name by another way than this package before you rely on the label.
verdict-expired = Out of date
    .sentence = { $organisation } issued this code, but the product is past its expiry date.
    .step-1 = Do not use it.
    .step-2 = Show this page where you bought it and ask for an exchange.
verdict-caution = Take a closer look
    .sentence = { $organisation } issued this code. Something about it deserves your attention.
    .step-1 = Compare the number on this page with the one printed under the code.
    .step-2 = If you bought it as new and the packaging looks opened or re-glued, ask the manufacturer before you use it.
verdict-suspect = Doubtful
    .sentence = { $organisation } issued this code, but what has become known since does not fit the genuine item. It may have been copied.
    .step-1 = Do not use the product until the doubt is cleared.
    .step-2 = Keep package and receipt, and take a photograph of both.
    .step-3 = Tell the manufacturer the number on this page.
verdict-not-released = Not released yet
    .sentence = { $organisation } issued this code but has not released the goods for sale.
    .step-1 = Do not buy or use it yet.
    .step-2 = Ask the manufacturer; this can be an honest delay in its records, or goods that left too early.
verdict-withdrawn = Code withdrawn
    .sentence = { $organisation } has withdrawn this code. Goods on sale should not carry it.
    .step-1 = Do not buy or use the product.
    .step-2 = Ask the seller where it came from, and tell the manufacturer.
verdict-recalled = Recalled
    .sentence = { $organisation } has recalled this product. Stop using it.
    .step-1 = Stop using it and keep it away from others.
    .step-2 = Keep the package and contact the manufacturer.
verdict-not-issued = Not found
    .sentence = We have no record of issuing this code. That alone does not tell what the product is.
    .step-1 = If you typed the code, check it once more: one wrong character is enough.
    .step-2 = If you scanned it, check that the label is whole and that it belongs to this product.
    .step-3 = Still not found? Do not rely on this label. Ask the seller for another item, or buy elsewhere.
    .step-4 = Reach the manufacturer by a number you know, not by one printed on this package.

## Reasons, one sentence each, by the codes of the verdict rules

reason-not-issued = Nobody at this data centre has issued this code.
reason-recalled = Recalled since { $at }.
reason-withdrawn = Withdrawn by the manufacturer on { $at }.
reason-not-released = No release of these goods is on record.
reason-destroyed = On record it was destroyed on { $at }.
reason-suspected-counterfeit = { $authority } suspected a counterfeit on { $at }.
reason-far-apart = Read at two places { $km } km apart within { $minutes ->
    [0] a minute
    [one] one minute
   *[other] { $minutes } minutes
}. Nothing travels that fast.
reason-far-apart-reported = Two phones report places { $km } km apart within { $minutes ->
    [0] a minute
    [one] one minute
   *[other] { $minutes } minutes
}. Phones can be wrong about where they are; a copied code can be in two places.
reason-does-not-conform = { $authority } found on { $at } that it does not meet the rules.
reason-sealed-by-authority = { $authority } sealed it on { $at }; it may not be sold until that is lifted.
reason-sealed-elsewhere = On record it has been packed in a closed container in { $place } since { $at }, { $km } km from here. A forgotten entry can explain that; so can a copy.
    .somewhere = On record it has been packed in a closed container since { $at }, { $km } km from here. A forgotten entry can explain that; so can a copy.
reason-already-sold = It was sold already on { $at } at { $place }, and no return is on record.
    .somewhere = It was sold already on { $at }, and no return is on record.
reason-read-before-release = Another phone read it on { $at }, before the goods were released.
reason-many-devices = { $devices } other phones have looked at this code. A shop or a gift can explain that; so can a copy.
reason-expired = The last good day was { $on }.
reason-same-device = Only your phone has looked at this code before.
reason-first-reading = You are the first to look at this code.
reason-few-devices = { $devices ->
    [one] One other phone has looked before you. Family, a shop, a gift: that is nothing unusual.
   *[other] { $devices } other phones have looked before you. Family, a shop, a gift: that is nothing unusual.
}
reason-sold = Sold on { $at } at { $place }.
    .somewhere = Sold on { $at }.
reason-organisation-unverified = Nobody has verified yet that the manufacturer is who it says it is.

## What stands on the page

section-product = Product
section-unit = This very item
section-unit-group = This very package
section-batch = Batch
section-materials = Raw materials
section-findings = What authorities found
section-history = Its way
section-readings = Who looked before you
section-now = What to do now
section-recall = The recall
section-doubt = In doubt?
section-contents = What is inside

field-organisation = Issued by
field-gtin = GTIN
field-specification = Size
field-category = Kind
field-number = Number
field-lot = Lot
field-produced = Produced
field-expires = Use by
field-place = Place
field-line = Line
field-material = Material
field-supplier = Supplier
field-material-lot = Lot
field-first-reading = First look
field-phones = Phones so far
field-this-reading = Now
field-level = Kind of package
field-count = Items inside
field-recall-reason = Reason
field-recall-instruction = What to do
field-recall-contact = Contact
field-recall-since = In force since
field-phone = Phone
field-website = Website

organisation-verified = Identity verified
organisation-unverified = Identity not verified
organisation-unverified-note = Anybody could have registered under this name. Nobody has checked it yet.

unit-hint = The same six characters stand inside the code printed on your item, here:
unit-hint-group = The same six characters stand inside the code printed on the package, here:
unit-pattern-label = Where the number stands in the printed code: after the first four characters.
unit-differs = If they differ, do not trust the label. If one beside it shows the same number, one of the two is almost certainly a copy.

readings-first = No other phone has looked yet.
readings-again = Only your phone has looked before.
readings-others = { $count ->
    [one] One other phone has looked before you.
   *[other] { $count } other phones have looked before you.
}
readings-also-you = So has yours.
readings-two = { $first } { $second }
readings-now = { $at }, { $who }
readings-at-place = { $at }, near { $place }
readings-you = your phone
readings-not-counted = This reading was not counted: it came from a signed-in partner or an automatic preview.
readings-meaning = We count phones, not looks: opening this page again changes nothing.

doubt-contact = Ask { $organisation } itself:
doubt-no-contact = { $organisation } has left no contact here. Ask the seller, and keep package and receipt.

level-0 = Item
level-1 = Case
level-2 = Pallet
level-3 = Container
step-made = Produced
step-commissioning = Code put on
step-packing = Packed
step-unpacking = Unpacked
step-shipping = Shipped
step-receiving = Received
step-storing = Taken into store
step-selling = Sold
step-returning = Returned
step-destroying = Destroyed
finding-conforms = Meets the rules
finding-does-not-conform = Does not meet the rules
finding-suspected-counterfeit = Suspected counterfeit
finding-sealed = Sealed, not to be sold
finding-unsealed = Seal lifted
finding-sampled = Sample taken
finding-by = { $authority }, { $day }
finding-document = Document { $document }
history-map = Show the places on a map
history-map-label = Map of the places above, each to about eleven kilometres
history-meaning = As those who handled the goods recorded it. Places are named where they are open to the public.
contents-title = { $level }, { $items }
contents-items = { $count ->
    [one] one item
   *[other] { $count } items
}
contents-children = { $count ->
    [one] In one package of the next size below ({ $level }).
   *[other] In { $count } packages of the next size below ({ $level }).
}
contents-now = This is what is inside now, as it was packed.
contents-gone = Planned, and not inside any more or yet: { $numbers }
contents-added = Inside, and not planned: { $numbers }
contents-numbers = Numbers of the units inside, as packed. Compare them by eye with what you find.
contents-more = …and { $count } more.
contents-claim-agrees = The list printed on the label agrees with ours.
contents-claim-differs = The list printed on the label does not agree with ours.
contents-missing = On our list, not on the label: { $numbers }
contents-extra = On the label, not on our list: { $numbers }

## Home page

home-title = Check a code
home-headline = Is it the real thing?
home-lead = Scan the square symbol, photograph it, or type the code printed under it. We compare it with what the manufacturer registered and tell you what we know.
home-label = Code on the label
home-placeholder = ABCD-EFGH-…
home-help = Upper or lower case, with or without spaces; or paste the whole web address.
home-button = Check
home-where = Where do I find it?
home-where-text = Under the square symbol, in groups of four. The letters O, I, L and U are never used. Type an O for a zero if you like: we read them alike.
home-where-picture = A label: a square symbol, and under it the code in groups of four.
home-privacy = We ask for nothing else.
home-state-empty = Letters and digits, in groups of four.
home-state-more = { $count ->
    [one] One character to go.
   *[other] { $count } characters to go.
}
home-state-good = The code is complete. It reads well.
home-state-bad = Something is mistyped.
home-state-group = Something is mistyped. Look again at group { $group }: { $found } looks like { $wanted }.
home-state-swap = Something is mistyped. In group { $group }, { $found } may belong the other way round: { $wanted }.
home-state-character = { $found } never occurs in our codes.
home-state-long = That is longer than any of our codes.
home-state-address = A web address. Press the button to open its answer.

## Messages instead of an answer

message-400 = We cannot read this
    .sentence = The address is not one of our codes. Parts of it may be missing.
    .step-1 = Scan the label again, with the whole square symbol in the picture.
    .step-2 = Or type the code printed under it.
message-404 = Nothing here
    .sentence = There is no page at this address. It says nothing about any product.
    .step-1 = Scan the label again, or type the code printed under it.
message-405 = Not this way
    .sentence = This address can only be opened, not written to.
    .step-1 = Scan the label again, or type the code printed under it.
message-429 = One moment, please
    .sentence = So many unknown codes came from your network that we pause it for a short while. Codes that were issued are never refused.
    .step-1 = Wait { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
}, then try again.
    .step-2 = Switching from Wi-Fi to mobile data also helps.
message-500 = Our mistake
    .sentence = Something failed on our side. It says nothing about your product, and the fault is on record.
    .step-1 = Try again in a moment.
message-503 = Back in a moment
    .sentence = The data centre is busy and could not answer you. It says nothing about your product.
    .step-1 = Try again in { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
}.
message-retry = Try again

## Settings and starting (settings, app, cli)

error-setting-invalid = The setting is { $value }, but it must be { $expected ->
        [address] https://HOST or https://HOST:PORT, without a path
        [choice] { $choices }
        [key] 32 random bytes as base64 or 64 hexadecimal digits
        [networks] addresses or networks such as 127.0.0.1, 10.0.0.0/8
        [postgresql] postgresql://USER@HOST/NAME; leave it out for SQLite in the data folder
        [whole] a whole number from { $low } to { $high }
        [zone] an IANA name such as Asia/Shanghai
       *[text] text without control characters
    }.
error-setting-unknown = There is no such setting. The settings are: { $names }.
error-setting-given-twice = The setting is given twice: here and as { $other }. Keep one of them.
error-setting-file-unreadable = The file { $file } cannot be used: { $why }.
error-workers-need-postgresql = SQLite has one writing process, so more than one worker needs PostgreSQL: give --database postgresql://… or leave out --workers.

## GTIN, SSCC and GS1 text (domain/gs1)

error-gtin-malformed = “{ $given }” is not a GTIN. A GTIN has 8, 12, 13 or 14 digits.
error-gtin-shortened = In an address and after (01) a GTIN has 14 digits, with zeros in front: { $expected }.
error-gtin-check-digit = The last digit of GTIN { $given } is { $digit }, but the others demand { $expected }. One of its digits is wrong.
error-gs1-length = This has { $length } characters; 1 to { $max } are allowed.
error-gs1-characters = The character “{ $character }” at position { $position } is not allowed by GS1. Letters, digits and ! " % & ' ( ) * + , - . / : ; < = > ? _ are.
error-company-prefix-malformed = “{ $given }” is not a GS1 company prefix. It has { $min } to { $max } digits.
error-company-prefix-restricted = The prefix { $given } is reserved for use inside companies and names nobody. Enter the prefix that GS1 gave you.
error-sscc-malformed = “{ $given }” is not an SSCC. An SSCC has 18 digits.
error-sscc-check-digit = The last digit of SSCC { $given } should be { $expected }. One of its digits is wrong.

## Keys (domain/keys)

error-master-key-malformed = The master key must be { $bytes } random bytes, written as base64 or as hexadecimal digits.
error-master-key-wrong = This master key does not open the keys in this database. Start with the key this data was made with; no new one will be made.

## Codes and links (domain/digitallink)

error-public-url-malformed = “{ $given }” cannot be printed as an address. Give http:// or https:// and a host, and nothing after it.
error-code-empty = Enter or scan a code.
error-code-too-long = This is too long for a code: at most { $max } characters.
error-code-malformed = { $reason ->
    [character] No code contains the character “{ $character }” (position { $position }). Codes are made of digits and letters without U.
   *[length] A code has 19, 21 or 25 symbols; this has { $symbols }. Look whether one is missing or too many.
}
error-foreign-url = This address belongs to { $host }, not to this data centre. What it shows is not our answer, and we cannot say anything about it.
error-serial-missing = This names the product { $gtin } but no single item. Scan the label with the item’s own code.
error-digital-link-malformed = { $reason ->
    [characters] This address contains characters that no web address has.
    [pairs] This address is incomplete or compressed: something is missing after “{ $part }”.
    [empty] This address is incomplete: nothing follows “{ $part }”.
    [key] An address with “{ $part }” at its start is none of ours.
    [duplicate] “{ $part }” occurs twice in this address.
    [element] The value of “{ $part }” in this address is not one that GS1 allows there.
   *[qualifiers] The parts “{ $part }” of this address are not in an order that GS1 allows.
}
error-element-string-malformed = { $reason ->
    [duplicate] The element ({ $part }) occurs twice in this text, with different values.
    [empty] Nothing follows the element ({ $part }) in this text.
    [identifier] “{ $part }” begins no GS1 element. Type the whole text again with its brackets, as in (01)…(21)….
    [keys] This text must name either one item, (01) and (21), or one SSCC, (00).
    [separator] Where the element ({ $part }) ends cannot be told. Type the text with its brackets, as in (01)…(21)….
   *[short] The element ({ $part }) is incomplete in this text.
}

## Installations and the command line (services/installation, adapters/keyfile, cli)

error-installation-missing = There is no data centre in { $data }. `trueorigin init` makes one; --data and --database name another place.
error-master-key-missing = This database belongs to a data centre whose master key is not here ({ $file }). Put the key file back from a backup; a new key would make every printed code worthless.
error-master-key-unreadable = The master key file { $file } cannot be read: { $why }.
error-master-key-elsewhere = This master key comes from a setting, so it cannot be rotated here. Remove the setting, put the key into the file master.key of the data folder, rotate, and keep the new key where the old one was.
error-port-in-use = { $host }:{ $port } cannot be listened on: { $why }. Another port: --port, or PORT= with make.
error-file-failed = { $file }: { $why }.
error-command-failed = A defect stopped the command ({ $kind }: { $text }). TRUEORIGIN_LOG_LEVEL=debug shows more.

## Labels and pictures (qr, sheets, typesetting, pdf, barcodes)

error-symbol-too-large = This text is too long for a QR code: { $length } characters.
error-layout-unknown = There is no such label layout. Known layouts: { $known }.
error-dpi-unknown = Choose the printer's resolution from these: { $known } dpi.
error-label-too-small = The symbol needs { $needed } mm, but this label has only { $has } mm. { error-label-too-small.fits } A shorter web address makes a smaller symbol.
    .fits =
        { $fits ->
            [none] No label of ours is large enough.
           *[other] Large enough: { $fits }.
        }{ $design ->
            [text] {" "}The design “text”, with less on it, fits this label.
            [plain] {" "}Symbol and code alone fit this label (design “plain”).
           *[none] {""}
        }
error-label-text-too-small = This label has no room for a code that people can read. { error-label-too-small.fits }
error-label-texts-too-long = The texts do not fit this label: lot, dates and your own line are printed whole or not at all. { error-label-too-small.fits }
error-label-logo-too-small = On this label the logo would be a smudge. { error-label-too-small.fits }
error-design-unknown = There is no such design of labels. Known designs: { $known }.
error-part-unknown = There is no such text. Known texts: { $known }.
error-design-without-texts = The design “plain” shows symbol and code only. Choose another one for texts.
error-design-without-sscc = The design “logistic” prints the SSCC as GS1-128, and the units of this level have none: items never do, groups with a GTIN of their own do not need one, and others get theirs when the run is ordered after your organisation has entered its GS1 company prefix. Choose the design “text”.
error-logo-missing = Your organisation has no logo yet. Upload one on the page of the enterprise, or choose a design without.
error-logo-blank = Your logo is white and would not be seen on a label. Upload one that shows on white paper.
error-labels-too-many = One print file holds at most { $limit } labels. Choose a smaller range.
error-image-type = Please send a photo in JPEG, PNG or WebP format. An iPhone takes JPEG with Settings › Camera › Formats › Most Compatible.
error-image-too-large = This picture has more than { $limit } pixels. Please send a smaller one.
error-image-broken = This picture cannot be opened. Please take it again.
advice-x-dimension-small = The squares of the symbol would be smaller than GS1's 0.396 mm. Use more printer dots for each.
advice-x-dimension-large = The squares of the symbol would be larger than GS1's 0.990 mm. Use fewer printer dots for each.
advice-label-too-small = The symbol with its quiet zone does not fit this label. Choose a larger label or a finer printer.
advice-host-long = A shorter web address would make the symbol smaller.

## What `trueorigin doctor` finds (services/doctor)

doctor-python = Python { $version }
doctor-python-old = Python { $version } is too old: 3.11 or newer is needed.
doctor-folder-missing = There is no folder { $folder }. `trueorigin init` makes a data centre; --data names another folder.
doctor-folder-read-only = { $folder } cannot be written to. Give it to the user who runs the server.
doctor-folder-open = Other users of this machine can look into { $folder }. Run: chmod 700
doctor-key-open = Other users of this machine can read the master key { $file }. Run: chmod 600
doctor-disk = { $megabytes } MB free
doctor-disk-low = Only { $megabytes } MB are free. Make room before readings have to be refused.
doctor-disk-full = Only { $megabytes } MB are free: readings may be refused at any moment. Make room now.
doctor-public-url = Codes are printed with { $url }
doctor-public-url-local = Codes are printed with { $url }, which leads other people's phones nowhere. Set TRUEORIGIN_PUBLIC_URL before you print, for the server and for this command.
doctor-public-url-plain = Codes are printed with { $url }, without https: phones warn, and networks can change the answer on its way.
doctor-public-url-long = The host in { $url } has { $length } characters; up to { $max } give the smallest symbol (QR version 3-M).
doctor-proxies = Believed proxies: { $proxies }
doctor-proxies-none = No proxy is named in TRUEORIGIN_TRUSTED_PROXIES, yet something else must speak https: all phones seem to come from its one network.
doctor-files = Label fonts and page scripts are built
doctor-files-missing = Built files are missing: { $files }. Run: make init
doctor-database = The database answers ({ $dialect })
doctor-schema = The tables are this program's
doctor-master-key = The master key is the right one
doctor-epochs = { $count ->
    [one] One key of codes opens
   *[other] All { $count } keys of codes open
}
doctor-epoch-lost = Key epoch { $epoch } of organisation { $organisation } does not open: its codes cannot be verified. Restore the newest backup.
doctor-durable = What is answered is on disk
doctor-weak-settings = A power failure may lose readings that were answered: { $settings }. Change the database's configuration.
doctor-whole = The database is whole
doctor-damaged = The database is damaged ({ $fault }). Stop the server and restore the newest backup elsewhere.
doctor-contents = Uploaded files are all there ({ $count })
doctor-contents-lost = { $lost } of { $count } uploaded files are missing or cut short in the folder files. Bring them back from a backup; several machines must share that folder.
doctor-clock = The clock is right
doctor-clock-behind = The clock is before { $since }, when this data centre was made. Set it right: verdicts depend on it.
doctor-clock-differs = This machine and the database differ by { $seconds } s. Let both follow a time server.
doctor-refused = The rest cannot be checked:

## Backups (services/backup, storage/snapshot)

error-backup-unknown = { $file } is no backup of TrueOrigin, or of a later version.
error-backup-damaged = { $file } is damaged: something is missing or was changed. Use another backup.
error-place-not-empty = A backup is restored into an empty place only, and { $found } is there already. Nothing was changed.

## scanpage

error-code-incomplete = This is only part of the code. Type it as it is printed, with its first four characters and the last one.

## Catalogue, issuing and the JSON surface: what is refused and why

error-several = { $count } things in this request are wrong. Nothing was stored.
error-internal = Something went wrong on our side. It has been logged; please try again later.
error-busy = We are busy at the moment. Please try again in { $seconds } s.
error-too-many-unknown-codes = Too many codes from your network were never issued. Please wait { $seconds } s.
error-path-unknown = There is nothing at this address.
error-method-not-allowed = This address does not support that method.
error-media-type-unsupported = Send the body as { $expected }.
error-body-malformed = The body cannot be read: it is not valid in the form it says it has.
error-body-missing = A body is missing.
error-body-not-object = The body must be one JSON object.
error-body-too-large = The body is too large: at most { $max } bytes.
error-field-missing = This field is required.
error-field-twice = This is given twice. Give it once.
error-field-unknown = There is no such field here.
error-field-malformed = This value has the wrong form.
error-field-not-text = This must be text.
error-field-not-whole = This must be a whole number, without quotes.
error-field-not-boolean = This must be true or false.
error-field-not-list = This must be a list.
error-field-not-object = This must be an object.
error-number-too-small = This must be at least { $min }.
error-number-too-large = This must be at most { $max }.
error-number-not-below = This must be less than { $limit }.
error-choice-unknown = This must be one of: { $known }.
error-id-malformed = This is not an id of ours.
error-cursor-malformed = Pass on the “next” of the previous answer unchanged.
error-day-malformed = Write a day as YYYY-MM-DD, for example 2026-03-05.
error-instant-malformed = Write an instant with its zone, for example 2026-03-05T08:00:00+08:00.
error-instant-implausible = The year must lie from { $min } to { $max }.
error-date-implausible = The year must lie from { $min } to { $max }.
error-too-many = At most { $max } are possible here.
error-too-few = At least { $min } must be given.
error-text-missing = Give the text in Chinese, in English, or in both.
error-text-blank = This text is empty.
error-text-too-long = This text is too long: at most { $max } characters.
error-text-character-refused = The character { $symbol } at position { $position } cannot be shown. Remove it.
error-text-not-unicode = This text holds half of a character. Send it as whole Unicode characters.
error-credential-missing = Sign in: send your key as “Authorization: Bearer …”.
error-credential-scheme = Send your key as “Authorization: Bearer …”.
error-credential-invalid = This key is unknown or has been revoked.
error-permission-missing = Your key’s role may not do this ({ $permission }).
error-role-not-held = Your organisation cannot make keys in the role { $role }.
error-idempotency-key-malformed = An idempotency key has 1 to { $max } visible ASCII characters.
error-idempotency-key-reused = This idempotency key was used for another request. Use a new one.
error-organisation-not-found = There is no such organisation.
error-product-not-found = There is no such product.
error-batch-not-found = There is no such batch.
error-run-not-found = There is no such run.
error-recall-not-found = There is no such recall.
error-api-key-not-found = There is no such key.
error-device-not-found = There is no such device.
error-device-revoked = This device was revoked. Make a new one.
error-profile-not-held = Your organisation cannot have devices for this task ({ $profile }).
error-profile-unknown = Choose what the device is for.
error-choice-not-listed = Choose one from the list.
error-enrolment-refused = This code is not valid: mistyped, used already, or older than 15 minutes. Ask for a new one.
error-enrolment-throttled = { $seconds ->
    [one] Too many codes were tried. Please try again in one second.
   *[other] Too many codes were tried. Please try again in { $seconds } seconds.
}
error-organisation-name-taken = Another organisation has this name.
error-organisation-prefixes-exhausted = No prefix for human-readable codes is left. Ask the operator.
error-gs1-prefix-taken = This GS1 company prefix belongs to another organisation, or lies within one that does.
error-time-zone-unknown = Give the time zone by its IANA name, for example Asia/Shanghai.
error-website-malformed = Give a web address that begins with http:// or https://.
error-product-number-missing = Give a GTIN or an internal number.
error-product-number-twice = Give a GTIN or an internal number, not both.
error-gtin-taken = The GTIN { $value } is taken.
error-gtin-registered = You have a product with the GTIN { $value } already.
error-internal-number-taken = You have a product with the number { $value } already.
error-lot-taken = This product has a lot { $value } already.
error-expiry-before-production = The last good day, { $expires_on }, lies before the day of production, { $produced_on }.
error-quantity-out-of-range = A run has { $min } to { $max } units.
error-symbols-unknown = A serial has one of these lengths: { $known }.
error-packing-levels = At most { $max } levels of packing are possible: case, pallet, container.
error-packing-count = A group holds { $min } to { $max } units.
error-group-gtins-count = Give one GTIN or null for each level of packing: { $expected } of them.
error-group-gtin-variable = GTINs that begin with 9 are for goods sold by weight, which are never packed by number.
error-group-gtin-repeated = Each level of packing needs a GTIN of its own; { $gtin } is given twice.
error-group-gtin-is-product = { $gtin } is the GTIN of the single item. A case or pallet needs its own.
error-sscc-exhausted = This run needs { $needed } SSCCs, but your GS1 company prefix has only { $available } left in a row. Give the groups their own GTINs, or pack larger groups.
error-ordinals-exhausted = This key epoch holds { $limit } runs and is full. Start a new one.
error-ordinal-taken = Another run took this place at the same moment. Please try again.
error-runs-exhausted = This data centre holds { $limit } runs and is full.
error-id-taken = This id exists already. Please try again.
error-level-unknown = This run has levels 0 to { $max }; there is no level { $level }.
error-range-negative = A range begins at 0 or later.
error-range-beyond-run = This level has { $quantity } units: the last one is number { $last }.
error-range-reversed = A range holds at least one unit: it must not end before it begins, at { $start }.
error-range-twice = Give one range, or a list of ranges, not both.
error-ranges-overlap = Two of these ranges share the units { $start } to { $last } of level { $level }.
error-range-released-already = The units { $start } to { $last } of level { $level } are released already at that time.
error-range-withdrawn-already = The units { $start } to { $last } of level { $level } are withdrawn already at that time.
error-recall-subject = Recall either a batch or a run.
error-recall-range-of-batch = A recalled batch is recalled as a whole. Name the run to recall a part of it.
error-verification-form = Send “code”, or “gtin” and “serial” together.
error-photo-without-code = We found no code in this photograph. Go closer, hold still, and mind reflections.
error-skip-out-of-range = At most { $max } places of the first sheet can stay empty.
error-labels-unreadable = Label { $position } on page { $page } could not be read back, so this file is not handed out. It has been logged.
label-lot = Lot { $lot }
label-expires = Best before { $day }
label-produced = Made on { $day }
label-group = { $level } of { $count }
label-group-items = { $level } of { $count } × { $inner }, { $items ->
    [one] { $items } item
   *[other] { $items } items
}
label-sender = From { $name }

## The demo (cli/demonstration)

error-demo-place-used = { $data } holds a data centre that is not the demo. Give the demo a folder of its own: DATA= with make, or --data.
demo-title = TrueOrigin demo: two invented enterprises. Home page: { $url }
demo-genuine = genuine: a bottle on sale that nobody has read yet
demo-not-released = not released: its code exists, but the goods have not left the maker
demo-forged = forged: the genuine code with one symbol changed
demo-recalled = recalled: a bottle of a recalled lot
demo-copied = copied: nine phones in six cities have read this one bottle
demo-expired = out of date: seed past its last day
demo-case = a case of 24 bottles, whose label carries the numbers inside
demo-journey = sold: a bottle whose whole way is known, from the cellar over carrier and dealer to the buyer
demo-sealed = sealed: a bottle on a pallet that a market regulator has sealed
demo-destroyed = destroyed: a bottle of a case that was recorded as smashed, and yet somebody has it
demo-pallet = a pallet of 40 cases in store
demo-labels = A label sheet to print: { $file }
demo-people = The console: { $url }, sign in with e-mail address and password:
demo-keys = Sign-ins (keys of the JSON interface, sent as “Authorization: Bearer KEY”):
demo-api = The JSON interface describes itself: { $url }
demo-stop = Ctrl+C stops the server; the next `make demo` finds everything again.

## Writing codes out (services/exporting)

error-export-of-another = { $file } was begun by another export and is left as it is. Remove it, or choose another file.

## The database (storage)

error-changed-meanwhile = Somebody else changed the same thing at the same moment. Please look again and repeat what is still needed.
error-database-busy = The database is busy. Please try again in a moment.
error-database-damaged = The database is damaged. Stop the program and restore a backup.
error-database-full = The disk of the database is full. Nothing was stored; free some space.
error-database-not-empty = A backup is restored only into an empty database; the table { $table } holds data already.
error-disk-full = The disk is full. Nothing was stored; free some space.
error-database-pooled = A pooler in front of PostgreSQL lends connections for one transaction each. TrueOrigin needs each for itself: in PgBouncer, pool_mode = session.
error-database-too-old = PostgreSQL { $least } or newer is needed; this server is { $found }.
error-database-unreachable = The database cannot be reached. Check that it runs and that its address and rights are correct.
error-database-url-invalid = Give the database as postgresql://USER@HOST/NAME, or leave it out to use a file in the data folder.
error-epoch-exists = This key epoch exists already. Please try again.
error-folder-unwritable = The database in the data folder cannot be opened for writing. Folder and files must belong to the user who runs this, on a disk that is whole and not read-only.
error-installation-exists = This database belongs to a data centre already.
error-organisation-prefix-taken = The code prefix { $value } belongs to another organisation. Please try again.
error-schema-differs = The database has schema { $found }, but this program works with { $expected }. Use the program that fits, or run “trueorigin migrate” with the newer one.
error-schema-missing = The database holds no TrueOrigin data yet. Run “trueorigin init” first.
error-snapshot-damaged = This backup is damaged at “{ $table }”. Nothing was restored.
error-snapshot-unknown = This is no backup of TrueOrigin, or one of another version.

## Console: frame, sign-in, messages

console-skip = Skip to the content
console-menu = Menu
console-menu-goods = Goods
console-menu-codes = Codes and labels
console-menu-known = What is known
console-menu-chain = The chain
console-menu-own = Your organisation
console-search-for-goods = Search products, lots, runs and codes
    .placeholder = Product, lot, run or code
    .hint = A product’s name or number, a lot, the number of a run, or a code as printed or scanned.
    .none = No product, lot or run is called “{ $text }”, and it does not have the form of a code.
console-search-for-registry = Search products, enterprises and codes
    .placeholder = Product, enterprise or code
console-search-for-codes = Look up a code
    .placeholder = Code
    .hint = A code as printed or scanned.
    .none = “{ $text }” does not have the form of a code.
console-search-for-organisations = Search organisations
    .placeholder = Name, credit code or prefix
console-search-button = Search
console-sign-in = Sign in
console-sign-in-lead = For enterprises: register products and batches, order codes, follow what happens to them.
console-sign-in-button = Sign in
console-sign-in-forgotten = Forgotten your password? An owner of your organisation, or whoever runs this data centre, can give you a new one.
console-sign-out = Sign out
console-field-email = E-mail address
console-field-password = Password
console-footer = You are working on { $host }. Sign in nowhere else.
console-form-optional = optional
console-form-cancel = Cancel
console-form-save = Save
console-form-file-choose = Choose a file
console-form-files-choose = Choose files
console-form-file-none = None chosen yet
console-form-problems = Please look at these points:
console-pager = More entries
console-pager-next = Next
console-pager-first = Back to the beginning
console-nav-home = Home
console-nav-products = Products
console-nav-batches = Batches
console-nav-enterprise = Enterprise
console-nav-people = People
console-nav-keys = API keys
console-message-field = { $field }: { $sentence }
console-message-400 = We did not understand this
console-message-401 = You are no longer signed in
console-message-403 = Not allowed
console-message-404 = There is nothing here
console-message-405 = That does not work here
console-message-409 = Somebody was faster
console-message-413 = Too large
console-message-415 = Not this kind of file
console-message-422 = Something does not fit
console-message-429 = Too fast
console-message-500 = Our mistake
console-message-503 = Very busy just now
error-session-ended = Your session has ended. Sign in in another tab, then come back here and send the form again: what you typed is still in it.
error-owner-needed = Only an owner of your organisation may do this.
error-form-foreign = This form was not sent from our own pages, so nothing was changed.
error-form-stale = This form belongs to an earlier sign-in, so nothing was changed. Go back, reload the page and send it again.
error-date-malformed = A day is written as year-month-day, for example 2026-03-14.
error-number-malformed = Please give a whole number, in digits only.

## Console: home

console-home-title = What to do next
console-task-product = Register your first product
    .text = A product carries everything consumers see: its name, its number, its pictures. Batches and codes belong to it.
    .button = Register a product
console-task-batch = Register a batch
    .text = A batch is one lot of a product, with dates and origin. Codes are ordered for a batch.
    .button = Register a batch
console-task-run = Order codes
    .text = Each item gets a code of its own, and cases and pallets theirs. Nothing is printed yet.
    .button = Order codes
console-task-codes = Order codes for lot { $lot }
    .text = { $product }: the batch is registered, but nothing of it has a code yet.
    .button = Order codes
console-task-release = Release run { $number }
    .text = { $product }, lot { $lot }: until it is released, consumers read “Not released yet”.
    .button = Look at the run
console-task-suspicious = { $count ->
    [one] { $count } reading gives cause for doubt
   *[other] { $count } readings give cause for doubt
}
    .text = Within the last week readers were warned: the code was recalled, withdrawn, not released, or read by too many phones.
    .button = Look at them
console-task-enterprise = Complete your enterprise
    .text = Consumers would look for: { $names }.
    .button = Complete it
console-task-none = Nothing waits for you
    .text = Everything that was registered has its codes, and everything is released.
    .button = See what was read
console-task-rest = Nothing waits for you
    .text = There is nothing for you to do at the moment.
console-home-week = The last { $days } days
console-home-readings = Readings
console-home-devices = Phones, each item’s counted
console-home-suspicious = With a warning
console-home-insight = See what is behind these figures

## People and signing in (services/people)

error-sign-in-refused = The e-mail address or the password is not right.
error-sign-in-throttled = { $seconds ->
    [one] Too many attempts. Please try again in one second.
   *[other] Too many attempts. Please try again in { $seconds } seconds.
}
error-email-malformed = This is no e-mail address. It looks like name@company.example.
error-email-taken = Somebody with the address { $value } has an account already.
error-member-already = This person belongs to the organisation already.
error-password-too-short = A password needs at least { $min } characters. A short sentence is easy to remember.
error-password-too-long = A password has at most { $max } characters.
error-password-is-email = Choose a password that is not your e-mail address.
error-password-common = This password is among the first that anybody would try. Choose another one.
error-password-wrong = This is not your present password.
error-language-unknown = This language is not known here.
error-person-not-found = There is no such person in your organisation.
error-person-elsewhere = This person also acts for another organisation; whoever runs the data centre has to do this.
error-session-not-found = This session has ended already, or is not yours.
error-last-owner = Somebody has to remain owner. Make another person owner first.
error-uscc-malformed = A unified social credit code has { $length } characters: digits and capital letters without I, O, S, V and Z.
error-uscc-check = One character of this unified social credit code is mistyped: the last one should be { $expected } for what comes before.
error-uscc-taken = The unified social credit code { $value } belongs to another organisation here.
error-edited-meanwhile = Somebody else changed this meanwhile ({ $fields }). Look at both versions and save again what is still needed.

## Console: products, batches and their files

console-crumbs = Where you are
console-edit = Edit
console-updated = Last changed
console-nothing = (nothing)
console-list-empty = Nothing here yet
console-list-empty-text = As soon as somebody of your organisation registers something, it is listed here.
console-list-none = Nothing found
console-list-none-text = Nothing here is called “{ $text }”.
console-form-choose = Please choose
console-form-more-rows = Add rows
console-conflict = Somebody else has just saved this
console-conflict-text = While you were typing, a colleague saved another version ({ $at }). Nothing is lost: here are both.
console-conflict-field = Field
console-conflict-mine = Yours
console-conflict-theirs = Saved now
console-conflict-same = Both versions say the same.
console-conflict-what = The form below holds your version. Take over what you want to keep of the other one, then save: your form then replaces what is saved now.
console-files-kept = Files so far
console-files-kept-hint = What you untick is taken away when you save.
console-files-size = { $count } KB
console-papers-hint = PDF or pictures, each up to 16 MB.
console-products-lead = Everything consumers see belongs to a product. Batches and codes come next.
console-products-filter = Name or number
console-product-created = “{ $name }” is registered. Next: its first batch.
console-product-saved = Saved. Consumers see it from their next look on.
console-product-lead = Next: register its first batch. Codes are ordered for a batch.
console-product-lead-batches = Consumers read this behind every code. Each new lot is a batch of its own.
console-product-form-lead = A number and a name in one language are enough to begin; the rest can follow.
console-product-edit = Edit product
console-product-number = Number
console-product-number-fixed = The number is in every printed code, so it stays as it is.
console-product-gtin = GTIN
console-product-gtin-hint = 8, 12, 13 or 14 digits, as under the bar code. The last one checks the others.
console-product-internal-number = Own number
console-product-internal-number-hint = Only for goods without a GTIN: up to 20 letters and digits.
console-product-name = Name
console-product-name-hint = At least one language; consumers see theirs first.
console-product-name-zh = Name in Chinese
console-product-name-en = Name in English
console-product-description-zh = Description in Chinese
console-product-description-en = Description in English
console-product-specification-hint = For example 500 ml, 53 % vol.
console-product-features = Features
console-product-features-hint = What buyers compare: strength, storage, composition. One feature a row.
console-product-feature = Feature { $number }
console-feature-name-zh = Feature, Chinese
console-feature-value-zh = Value, Chinese
console-feature-name-en = Feature, English
console-feature-value-en = Value, English
console-product-files = Pictures and certificates
console-product-pictures = Pictures
console-product-pictures-add = Add pictures
console-product-pictures-hint = PNG, JPEG or WebP, each up to 16 MB. The first one heads the consumers’ page.
console-product-certificates = Certificates
console-product-certificates-add = Add certificates
console-product-all-batches = All batches of this product
console-gtin-more = A GTIN has 8, 12, 13 or 14 digits.
console-gtin-digit = One more digit: { $digit } would be the check digit.
console-gtin-good = The check digit is right.
console-gtin-wrong = The last digit should be { $digit }, or another one is mistyped.
console-batches-lead = A batch is one lot of a product, with its dates and where it comes from.
console-batches-of = Batches of { $product }
console-batches-filter = Lot
console-batch-title = Lot { $lot }
console-batch-edit = Edit lot { $lot }
console-batch-created = Lot { $lot } is registered. Next: order its codes.
console-batch-saved = Saved. Consumers see it from their next look on.
console-batch-lead = Next: order codes for this lot. Consumers read what is below behind every code.
console-batch-lead-runs = Codes are ordered. Release each run when its goods leave; recall the batch if nobody should use it.
console-batch-form-lead = The lot is enough to order codes; dates, origin and papers can follow.
console-batch-recall = Recall this batch
console-batch-product = Product
console-batch-lot-hint = As printed on the package: up to 20 letters, digits and signs, without spaces.
console-batch-lot-fixed = Product and lot stay as they are; codes were made for them.
console-batch-expires-hint = The last day on which the goods are good.
console-batch-origin = Origin
console-batch-origin-hint = Consumers read it on the page behind the code.
console-batch-place-zh = Place in Chinese
console-batch-place-en = Place in English
console-batch-materials = Raw materials
console-batch-materials-hint = One material a row: what it is, whose it is, and which lot.
console-batch-material = Material { $number }
console-material-name = Material
console-material-supplier = Supplier
console-material-lot = Supplier’s lot
console-batch-papers = Inspection papers
console-batch-papers-add = Add papers
console-batch-needs-product = First a product
console-batch-needs-product-text = A batch belongs to a product, and there is none yet.
console-batch-runs = Codes
console-run-title = Run { $number }
console-run-quantity = { $count ->
    [one] { $count } item
   *[other] { $count } items
}
error-product-missing = Please choose a product.

## Console: enterprise

console-enterprise-lead = What consumers see of you behind every code.
console-enterprise-edit = Edit enterprise
console-enterprise-missing = Consumers would look for these and not find them:
console-enterprise-identity = Who you are
console-enterprise-name = Name
console-enterprise-name-hint = As consumers know you.
console-enterprise-legal-name = Legal name
console-enterprise-legal-name-hint = As on your business licence.
console-enterprise-uscc = Unified social credit code
console-enterprise-uscc-hint = 18 characters; the last one checks the others.
console-enterprise-gs1-prefix = GS1 company prefix
console-enterprise-gs1-prefix-hint = 4 to 12 digits; needed for the numbers of pallets.
console-enterprise-codes = What your codes look like
console-enterprise-codes-hint = Readable codes begin with your own four characters; the address in a new code begins with this data centre’s. Whoever meets other ones has no code of yours.
console-enterprise-prefix = Readable codes begin with
console-enterprise-address-in-codes = Address in new codes
console-enterprise-hosts = Earlier hosts, still accepted
console-enterprise-contact = Where you are reached
console-enterprise-contact-hint = Shown to consumers who are in doubt.
console-enterprise-address = Address
console-enterprise-email = E-mail address
console-enterprise-time-zone = Time zone
console-enterprise-time-zone-hint = Your days end by its clocks, for example Asia/Shanghai.
console-enterprise-look = Logo and colour
console-enterprise-logo = Logo
console-enterprise-logo-hint = PNG, JPEG or WebP, up to 16 MB. A new one replaces the old one.
console-enterprise-colour = Colour
console-enterprise-colour-hint = # and six digits, such as #10563f. Empty: the colour of the answer.
console-enterprise-colour-pick = Pick a colour
console-enterprise-preview = Preview
console-enterprise-verified-hint = Your names, unified social credit code, website and GS1 prefix are verified. Changing one of them ends the verification until the data centre has looked at it again.
console-enterprise-saved = Saved. Consumers see it from their next look on.
console-enterprise-form-lead = Fill in first what consumers look for: legal name, unified social credit code, and how to reach you.
console-enterprise-look-verified = You are verified, so consumers see logo and colour on the pages of your goods.
console-enterprise-look-unverified = Consumers see neither logo nor colour yet: both convince before a word is read, so they are shown only once the data centre has verified who you are. Ask whoever runs it.
console-swatch-label = Preview in { $colour }
console-swatch-ratio = Text on it has a contrast of { $ratio } : 1. From 4.5 it can be read by nearly everybody; we choose dark or light text so that it always can.
error-colour-malformed = A colour is # and six digits or letters from a to f, for example #10563f.

## Console: account, people, API keys, search

console-account-title = Your account
console-account-me = You
console-account-name = Name
console-account-saved = Saved.
console-account-language-browser = As the browser says
console-account-organisations = Organisations you act for
console-account-this-organisation = This one
console-account-switch = Change to it
console-account-sessions = Where you are signed in
console-account-sessions-hint = You do not know one of them? End it and change your password.
console-account-session-times = Signed in { $created }, last used { $seen }
console-account-device = Unknown device
console-account-this-session = This one
console-account-session-end = Sign out
console-account-sessions-end-others = Sign out everywhere else
console-account-session-ended = That device is signed out.
console-account-sessions-ended = { $count ->
    [one] { $count } other device is signed out.
   *[other] { $count } other devices are signed out.
}
console-account-password = Password
console-account-password-hint = At least { $min } characters; a few words in a row are easy to keep in mind. Every other device is signed out.
console-account-old = Password until now
console-account-new = New password
console-account-password-change = Change password
console-account-password-changed = { $count ->
    [0] Your password is changed.
    [one] Your password is changed, and { $count } other device is signed out.
   *[other] Your password is changed, and { $count } other devices are signed out.
}
console-people-lead = Who acts for your organisation. Each has an own password; what they do is recorded under their name.
console-people-you = (you)
console-people-since = since { $day }
console-people-disabled = Locked out
console-people-change = Change
console-people-new-password = Give a new password
console-people-remove = Remove
console-people-new = Add somebody
console-people-new-hint = You get a first password to hand over; it is shown once.
console-people-role = Rights
console-people-add = Add
console-people-owners-only = Only owners can change anything here.
console-people-role-changed = The rights are changed, from the next click on.
person-role-owner = Owner
person-role-owner-hint = Everything, and alone: people, phones and kiosks, keys, enterprise, who did what, more downloads of codes.
person-role-quality = Quality
person-role-quality-hint = Sees everything but who did what; changes batches, releases and withdraws codes, recalls, exports readings.
person-role-production = Production
person-role-production-hint = Products, batches, runs of codes and their labels; what happens to goods. Releases nothing.
person-role-packer = Packing
person-role-packer-hint = Sees goods, packs them and records it.
person-role-logistics = Logistics
person-role-logistics-hint = As packing; also keeps places and partners.
person-role-sales = Sales
person-role-sales-hint = As logistics; also sales regions, and sees readings.
person-role-inspector = Inspection
person-role-inspector-hint = Sees everything but who did what, records what happens to goods and, for an authority, findings.
person-role-read-only = Read only
person-role-read-only-hint = Sees everything but who did what, changes nothing.
person-role-member = All everyday work
person-role-member-hint = Everything that is not for owners alone.
console-people-roles = What each role may do
console-people-change-role = Change the role
console-people-removed = That person no longer acts for your organisation.
console-password-title = New password for { $name }
console-password-text = Hand these lines over by a safe way. The password is shown only now: it is stored nowhere. It can be changed after signing in.
console-password-door = Sign in at
console-once-done = I have noted it
console-nav-devices = Phones and kiosks
console-devices-lead = The phones your people work with, and public kiosks. Each has a key of its own and may only what its task needs.
console-devices-none = No phone or kiosk yet
console-devices-none-text = Make one below; a phone is ready as soon as it has scanned the code you are shown.
console-devices-new = Add a phone or kiosk
console-devices-new-hint = You get a QR code for it. It is valid for 15 minutes and works once.
console-devices-label = Name
console-devices-label-hint = By which you know it again, for example: packing line 2.
console-devices-profile = What it is for
console-devices-site = Where it is
console-devices-site-hint = A kiosk's readings carry the rough place of its site.
console-devices-anywhere = No fixed place
console-devices-person = Whose phone
console-devices-person-hint = It stops working when this person leaves your organisation.
console-devices-nobody = Shared
console-devices-add = Make it and show the code
console-devices-seen = last seen { $at }
console-devices-made = made { $at }, not used yet
console-devices-revoked-at = revoked { $at }
console-devices-version = version { $version }
console-devices-edit = Change name, place or person
console-devices-edit-lead = Name, place and person can change at any time. The device learns of it when it next shows up; it need not be enrolled again.
console-devices-move-hint = From now on a kiosk’s readings carry the rough place of the new site; so do those that still wait on it.
console-devices-profile-stays = What a device is for decides what its key may do, and cannot change. For another use, revoke this one and make a new one.
console-devices-saved = Saved.
console-devices-silent-since = silent since { $at }
console-devices-renew = Show a new code
console-devices-revoke = Revoke for good
console-devices-change-hint = With a new code another phone takes its place. Revoking works at once and cannot be undone.
console-devices-revoked = The device is revoked: its next request is refused.
device-profile-packer = Packing
device-profile-logistics = Logistics
device-profile-seller = Selling
device-profile-inspector = Inspection
device-profile-kiosk = Public kiosk
device-state-waiting = Waiting for its code
device-state-expired = Code expired
device-state-enrolled = In use
device-state-revoked = Revoked
device-state-silent = Silent
console-enrolment-title = Enrol “{ $label }”
console-enrolment-symbol = QR code for enrolling
console-enrolment-scan = Scan this code with the phone's camera and open the address.
console-enrolment-scan-kiosk = Scan this code with the kiosk's camera or scanner, or open the address on it.
console-enrolment-type = Or open this address there and type the code:
console-enrolment-once = Valid for { $minutes } minutes, until { $until }, and only once.
console-enrolment-done = Back to phones and kiosks
console-enrolment-secret = Whoever has the code can enrol. It is not shown again; you can always make a new one.
console-nav-audit = Who did what
console-audit-lead = Everything done in your organisation's name, newest first. Nothing here can be changed or deleted.
console-audit-any = Everything
console-audit-anybody = Anybody
console-audit-filter = Show
console-audit-none = Nothing of the kind
console-audit-none-text = Nobody has done this yet.
console-audit-at = When ({ $zone })
console-audit-actor = Who
console-audit-action = What
console-audit-subject = On what
console-audit-detail = Details
console-audit-run = Run { $number }
console-audit-key = Key “{ $name }”
console-audit-device = Device “{ $name }”
console-audit-installation = Data centre
console-audit-organisation = { $name }
audit-api-key-create = API key made
audit-api-key-revoke = API key revoked
audit-audit-export = Record of acts exported
audit-batch-create = Batch registered
audit-batch-update = Batch changed
audit-code-export = Codes exported
audit-code-label = Labels made
audit-code-print = Labels printed
audit-device-create = Phone or kiosk made
audit-device-enrol = Phone or kiosk enrolled
audit-device-renew = New enrolment code shown
audit-device-revoke = Phone or kiosk revoked
audit-device-update = Phone or kiosk changed
audit-download-allow = More downloads allowed
audit-epoch-rotate = New key period begun
audit-event-declare = Event declared in error
audit-figure-export = Figures exported
audit-file-create = File uploaded
audit-import-discard = Import discarded
audit-import-reject = Import refused
audit-import-reveal = Import taken over
audit-job-cancel = Task stopped
audit-job-order = Task ordered
audit-organisation-create = Enterprise joined
audit-organisation-unverify = Verification withdrawn
audit-organisation-update = Enterprise changed
audit-organisation-verify = Enterprise verified
audit-partner-end = Partnership ended
audit-partner-link = Partner added
audit-person-change-password = Password changed
audit-person-change-role = Role changed
audit-person-create = Person added
audit-person-disable = Person locked out
audit-person-enable = Person let in again
audit-person-join = Person joined
audit-person-remove = Person removed
audit-person-reset-password = New password given
audit-product-create = Product registered
audit-product-update = Product changed
audit-reading-export = Readings exported
audit-recall-create = Recall ordered
audit-recall-lift = Recall lifted
audit-run-create = Run of codes ordered
audit-run-release = Codes released
audit-run-withdraw = Codes withdrawn
audit-session-create = Signed in
audit-session-end = Signed out
audit-session-end-others = Signed out elsewhere
audit-site-close = Place closed
audit-site-create = Place added
audit-site-update = Place changed
audit-territory-close = Sales region closed
audit-territory-create = Sales region added
audit-unit-look = Life of a unit looked at
console-keys-lead = For machines: ERP, packing line, website. A key may do what a person may; guard it like a password.
console-keys-none = No keys yet
console-keys-none-text = You need one only when a program is to order codes or read figures by itself.
console-keys-since = since { $at }
console-keys-new = Make a key
console-keys-label = What it is for
console-keys-label-hint = For example: packing line 2.
console-keys-role = Role
console-keys-add = Make the key
console-keys-revoke = Revoke
console-keys-revoke-hint = Whatever uses this key stops working at once. That cannot be undone.
console-keys-revoke-now = Revoke for good
console-keys-revoked = The key is revoked.
console-keys-revoked-at = Revoked { $at }
console-keys-state-revoked = Revoked
console-keys-state-good = In use
console-secret-title = Key “{ $label }”
console-secret-text = This is the key. It is shown only now: we store no copy. Copy it to where it is needed.
console-role-manufacturer = Manufacturer
    .hint = Makes goods and orders codes for them; may do all that sellers and carriers may.
console-role-seller = Seller
    .hint = Receives goods and sells them.
console-role-logistics = Logistics
    .hint = Stores and carries goods of others.
console-role-regulator = Regulator
    .hint = An authority: sees what is registered, and records findings. Let it be nothing else.
console-role-kiosk = Kiosk
    .hint = Keeps screens at which visitors look codes up, and handles no goods.
console-role-operator = Operator
console-search-title = Search for “{ $text }”
console-search-again = Search again
console-search-runs = Codes
console-search-code = This has the form of a code.
console-search-code-open = Look the code up
console-search-cut = Only the newest are shown. A longer word finds fewer.
error-role-unknown = Please choose one of the roles.

## Files (services/files, adapters/images, adapters/papers)

error-file-empty = This file is empty.
error-file-too-large = This file is larger than { $max } bytes. Please send a smaller one.
error-file-type-refused = Files of this type are not taken. Please send a picture (JPEG, PNG, WebP) or, where papers are asked for, a PDF.
error-file-unknown = This file is not there any more. Please upload it again.
error-file-not-found = There is no such file.
error-file-content-missing = The content of this file is missing in the data centre. Whoever runs it has to restore it from a backup.
error-file-not-stored = The file could not be stored: { $why }.
error-storage-full = Your organisation's files may have { $max } bytes together, and they are used up.
error-pdf-active = This PDF holds scripts, forms or other files. Please print it into a new PDF.
error-pdf-broken = This PDF cannot be opened. Please export it again.
error-pdf-protected = This PDF is protected by a password. Please send it without one.
error-pdf-pages = A PDF has 1 to { $max } pages here.

## Background work and downloads (services/jobs, services/downloads, services/printing)

error-job-not-found = There is no such order of background work.
error-jobs-too-many = { $limit } orders are waiting or running already. Let one of them finish, or cancel one.
error-downloads-used-up = Codes of this range have been downloaded { $limit } times in this format, which is as often as allowed. An owner of your organisation can allow more.
error-downloads-more = Choose a number from { $min } to { $max }.
error-print-gone = This file has been thrown away: print files are kept for a week. Order it again.

## Scanning in the page (web/pages, web/photopages, web/brand)

scan-title = Scan with the camera
scan-button = Scan with the camera
scan-video = Picture of the camera
scan-torch = Light
scan-stop = Stop
scan-privacy = The camera’s picture stays on this device.
scan-state-starting = Starting the camera. Your browser may ask whether it is allowed.
scan-state-looking = Hold the square symbol into the picture.
scan-state-found = Found. Opening the answer.
scan-state-gathered = Added. Hold the next one before the camera.
scan-state-several = Several codes are in the picture. Go closer to the one you mean.
scan-state-refused = The camera is not allowed for this page. Take a photo, type the code, or allow the camera in the settings of your browser.
scan-state-none = This device has no camera we could use. Take a photo with another one, or type the code.
scan-state-failed = The camera does not start. Take a photo, or type the code.
foreign-headline = Not one of our codes
foreign-sentence = This symbol leads elsewhere. We did not open it and can say nothing about it. A label that leads to another address may be a fake; a copied page can look just like this one.
photo-title = Use a photo
photo-label = Photograph the label
photo-button = Read the photo
photo-help = The photo is read here and not kept. JPEG, PNG or WebP, up to 16 MB.
photo-reading = Reading the photo.
photo-choices = Which one do you mean?
photo-foreign-title = What the symbol says instead
photo-several = More than one code
    .sentence = { $count ->
    [one] One code in your photo is ours, and something else is there too. Nothing has been checked yet.
   *[other] Your photo shows { $count } of our codes. Nothing has been checked yet.
}
    .step-1 = Pick the code that stands under the symbol on your item.
    .step-2 = Or take the photo again, with only one label in it.
photo-foreign = Not our code
    .sentence = The symbol in your photo does not lead to us. We have not opened it.
    .step-1 = Do not open this address, and enter no data there.
    .step-2 = Look for another symbol on the package, with a code in groups of four under it.
    .step-3 = If there is none, ask the seller, or the manufacturer by a number you know.
photo-none = No code found
    .step-1 = Go so close that the symbol fills a third of the picture, and hold still.
    .step-2 = Mind reflections and shadows; flatten the label if it is bent.
    .step-3 = Or type the code printed under the symbol.
photo-missing = No photo arrived
    .sentence = Choose a photo of the label first, then press the button.
    .step-1 = Take a photo of the label, with the whole symbol in it.
photo-large = The photo is too large
    .sentence = A photo may have up to 16 MB. Yours has more.
    .step-1 = Choose a smaller size in your camera’s settings, or crop the photo to the label.
    .step-2 = Or type the code printed under the symbol.
photo-pixels = The photo is too large
    .step-1 = Choose a smaller size in your camera’s settings, or crop the photo to the label.
    .step-2 = Or type the code printed under the symbol.
photo-type = Not a photo we can read
    .step-1 = Take a photo of the label, or a picture of the screen it is on.
    .step-2 = Or type the code printed under the symbol.
photo-broken = The photo is damaged
    .step-1 = Take it again; it may have been cut off on its way.
    .step-2 = Or type the code printed under the symbol.

## What a manufacturer shows of itself, and what a reader may add

section-certificates = Certificates
section-papers = Inspection papers of this batch
field-legal-name = Full name
field-uscc = Credit code
field-address = Address
picture-of = { $name }, picture { $number }
paper-detail = { $kind }, { $size }
size-kb = { $count } kB
size-mb = { $count } MB
doubt-stop = Do not use the product before the doubt is cleared.
doubt-keep = Keep package and receipt, and take photographs of both and of the label.
doubt-authority = Ask the manufacturer. If you think you were cheated, tell the consumer protection authority too; in China, call 12315.
share-title = Share my location
share-why = If you like, tell us roughly where you are. It helps to notice when one code turns up in two places.
share-what = Your phone rounds the position to a square of about 11 km before it is sent. We keep that square with this one reading, without name, number or exact position.
share-button = Share my location once
share-asking = Asking your phone where it is.
share-done = Thank you. Kept with this reading: the square around { $place }.
share-late = This could not be added to the reading any more. Open the code again to share the place.
share-refused = Your phone does not tell its position to this page. Nothing was sent.
share-failed = The position could not be found or sent. Nothing was kept.
error-place-malformed = The place is not a square of a tenth of a degree.
error-place-known = This reading has a place already, or takes none.

## Console: runs, labels, recalls and background work

console-nav-runs = Runs of codes
console-nav-jobs = Print jobs
console-nav-advisor = Label advisor
console-nav-recalls = Recalls
console-preview = Preview
console-continue = Continue
console-at-once = At once
console-mm = { $value } mm
console-runs-lead = A run is one order of codes for a batch, whatever the quantity.
console-runs-filter = Number or lot
console-range-what = Units
console-range-from = First number
console-range-to = Last number
console-range-hint = Counting begins at 0. Left empty: from the first one.
console-range-hint-to = It is part of the range: 0 to 99 are the first hundred. Left empty: to the last one.
console-range-whole = The whole run, every level
console-range-level = { $level } ({ $count ->
    [one] 1 in all
   *[other] { $count } in all
})
console-range-words = { $level } { $start } to { $last } ({ $count } in all)
console-specimen = { $level }, label of { $width } by { $height } mm
console-specimen-note = A specimen: its code is invented, so showing it to somebody gives nothing away.
console-run-sscc = SSCC from serial reference { $first }
console-run-guesses = The chance that a code somebody makes up belongs to this run is less than 1 in 10 to the power of { $exponent }.
console-run-created = Run { $number } is ordered. Its codes are not released yet.
console-run-next = Release the codes when the goods leave
console-run-lead = Print the labels, or look at who reads them. Withdraw what was spoilt or stolen.
console-run-lead-new = Ordered, not released: print the labels, apply them, then release.
console-run-next-text = Until then, whoever scans one is told that it is not released: a stolen roll of labels is worth nothing.
console-run-labels = Labels and code lists
console-run-look = How the labels look
console-run-units = What was ordered
console-run-address = Printed address
console-run-strength = Safe against guessing
console-run-ordered = Ordered
console-run-facts = Released, withdrawn, recalled
console-run-no-facts = Nothing is released yet
console-run-no-facts-text = Releases, withdrawals and recalls of this run will be listed here.
console-run-form-lead = Look at the labels first; nothing is ordered before you say so. Quantity and packing cannot be changed later.
console-run-would = What you are about to order
console-run-items = Number of items
console-run-items-hint = From 1 to 4,294,967,296.
console-run-packing = Packing
console-run-packing-hint = Fill in from the case upwards; leave empty what you do not use. Groups get codes of their own, which carry the numbers of what is inside.
console-run-packing-1 = Items in a case
console-run-packing-2 = Cases on a pallet
console-run-packing-3 = Pallets in a container
console-run-gtin = { $level }: own GTIN
console-run-codes = Codes
console-run-host = The codes will lead to { $host }. That cannot be changed once they are printed.
console-run-symbols = Length of the serial
console-run-symbols-14 = 14 symbols, for the smallest labels
console-run-symbols-16 = 16 symbols, usual
console-run-symbols-20 = 20 symbols, the longest
console-run-contents = Group codes carry
console-run-contents-auto = What fits
console-run-contents-list = The list of all numbers inside
console-run-contents-first = The first number and how many
console-run-contents-none = Nothing
console-run-order = Order the codes
console-release = Release
console-release-lead = From then on a scan of these codes says that the goods are genuine.
console-release-sure = Release these units?
console-release-now = Release now
console-release-done = Released.
console-withdraw = Withdraw
console-withdraw-lead = For codes that were spoilt, stolen or never applied: whoever scans one is told that it is withdrawn.
console-withdraw-sure = Withdraw these units?
console-withdraw-now = Withdraw now
console-withdraw-done = Withdrawn.
console-stage-at = From when on
console-stage-at-hint = On the clocks of your organisation. Left empty: at once.
console-stage-reason = Reason
console-fact-release = Released
console-fact-withdraw = Withdrawn
console-fact-recall = Recalled
console-recall = Recall
console-recall-show = Show the recall
console-recall-title = Recall
console-recall-order = Order a recall
console-recall-lead = Consumers who scan these goods read this. End the recall when the goods may be used again.
console-recall-lead-over = This recall is over; it stays on record.
console-recall-order-lead = From then on everybody who scans such a unit is told not to use it, and why. A recall can be ended, but never changed.
console-recall-goods = Goods
console-recall-whole-batch = The whole batch, every run of it
console-recall-reason-hint = Write in at least one language. Consumers read these words.
console-recall-reason-zh = Reason in Chinese
console-recall-reason-en = Reason in English
console-recall-instruction-zh = What to do, in Chinese
console-recall-instruction-en = What to do, in English
console-recall-number = Number of the recall
console-recall-sure = Recall these goods?
console-recall-now = Recall now
console-recall-created = The recall is ordered.
console-recall-force = In force
console-recall-planned = Planned
console-recall-lifted = Ended
console-recall-lifted-at = Ended on
console-recall-lift = End the recall
console-recall-lift-sure = End this recall?
console-recall-lift-text = From now on scans no longer mention it. Releases and withdrawals hold as before.
console-recalls-lead = What your customers are told not to use. To recall more, open the batch or the run.
console-recalls-none = No recalls
console-recalls-none-text = To recall goods, open their run or batch.
console-labels-lead = Every file is read back before you get it, and every download is logged: lists of codes are worth money.
console-labels-gs1 = Will scanners read it?
group-advice-pass = Fits this label
group-advice-fail = Does not fit this label
group-advice-list = The code carries the numbers of all { $count } units inside: they can be compared without a network.
group-advice-first = The code carries the number of the first unit and that there are { $count }.
group-advice-none = The code says nothing of the units inside, as chosen.
group-advice-large = Choose a larger label, a finer printer or a design with less text.
group-advice-fewer = A list of at most { $max } numbers fits this label. Pack fewer in a group, or order the next run with “the first number and how many”.
group-advice-many = A list holds at most { $max } numbers. Pack no more than that in a group if people are to compare them without a network.
group-advice-list-fits = The whole list would fit this label: order the next run with “the list of all numbers inside”.
group-advice-texts = Some text beside the code would be shortened or left out. Choose a larger label or a design with less text.
group-advice-listed = Longest list on this label
group-advice-listed-value = { $count } numbers
group-advice-first-version = First number and how many
group-advice-first-version-value = Version { $version }
console-labels-choose = Which labels do you need?
console-labels-content = What is on the label?
console-labels-design = Design
console-design-plain = Symbol and code
    .hint = The largest symbol the label can hold.
console-design-text = With texts
    .hint = Name, lot and dates beside the symbol.
console-design-branded = With your logo
    .hint = Your logo over name, lot and dates.
console-design-logistic = Logistic label
    .hint = GS1-128 with the SSCC, sender, contents; for cases and pallets.
console-labels-logo-hint = PDF and SVG show the logo in colour, ZPL and PNG in black dots, as label printers print.
console-labels-no-logo = Your organisation has no logo yet.
console-labels-add-logo = Upload your logo
console-labels-parts = Texts
console-labels-parts-hint = Names and the specification are shortened where they are too long. Lot, dates and your own line are printed whole, or the label is refused.
console-part-name = Product name
console-part-other-name = Name in the other language
console-part-specification = Specification, or how many are inside
console-part-lot = Lot
console-part-produced = Production date
console-part-expires = Best before
console-labels-line = A line of your own
console-labels-line-hint = A slogan, a shop, a place of storage: whatever belongs on every label.
console-labels-paper = Label and printer
console-labels-continued = { $format }, continued
console-labels-format = Format
console-labels-pdf = PDF, sheets and rolls
console-labels-zpl = ZPL, label printers
console-labels-svg = SVG, a drawing a label (ZIP)
console-labels-png = PNG, a picture a label (ZIP)
console-labels-csv = CSV, for industrial printers
console-labels-txt = Text, one address a line
console-labels-layout = Label
console-labels-sheet = { $sheet }, { $count } labels of { $width } by { $height } mm
console-labels-roll = Roll, { $width } by { $height } mm
console-labels-size = { $width } by { $height } mm
console-labels-dpi = Printer
console-labels-language = Language on the label
console-labels-skip = Labels used already
console-labels-skip-hint = On the first sheet.
console-labels-background = More than { $count } labels are printed in the background, in several files.
console-labels-download = Download
console-labels-log = Downloads
console-labels-count = Each code may be downloaded { $allowed } times in each format, by people and API keys together. The one taken most often has been downloaded { $taken ->
    [one] once
   *[other] { $taken } times
}.
console-labels-when = When
console-labels-who = Who
console-labels-machine = A machine
console-labels-allow = Allow more downloads
console-labels-more = How many more
console-labels-allowed = Every code of this run may now be downloaded { $count } times.
console-advisor-lead = GS1 asks that each square of the symbol is between { $min } and { $max } wide and that four of them around it stay empty. Scanners of every make can rely on that.
console-advisor-answer = How it comes out
console-advisor-pass = Meets GS1
console-advisor-fail = Does not meet GS1
console-advisor-host = Web address in the code
console-advisor-host-hint = The shorter, the smaller the symbol.
console-advisor-any-label = Any label
console-advisor-dots = Printer dots a square
console-advisor-dots-hint = Left empty: what fits best.
console-advisor-items = Address, and labels of items
console-advisor-groups = Cases and pallets
console-advisor-groups-hint = Fill in from the case upwards; leave empty what you do not use.
console-advisor-identifier = Groups are known by
console-advisor-identifier-sscc = An SSCC
console-advisor-identifier-gtin = A GTIN of their own
console-advisor-identifier-code = Their readable code
console-advisor-name = Product name on the label
console-advisor-name-hint = Left empty, a name and a lot of usual length are assumed.
console-advisor-group = { $level } of { $count }
console-advisor-ask = Ask the advisor
console-advisor-version = Symbol
console-advisor-version-value = Version { $version }, { $modules } by { $modules } squares
console-advisor-x = One square (X-dimension)
console-advisor-x-value = { $width }, { $dots } printer dots
console-advisor-symbol = Side of the symbol
console-advisor-footprint = Side with quiet zone
console-advisor-quiet = Quiet zone
console-advisor-quiet-value = { $width }, { $modules } squares on every side
console-advisor-spare = Room in the address
console-advisor-spare-value = { $count ->
    [one] one more character fits
   *[other] { $count } more characters fit
}
console-advisor-shorten = { $count ->
    [one] One character less in the address makes the symbol a size smaller.
   *[other] { $count } characters less in the address make the symbol a size smaller.
}
console-jobs-lead = Large orders of labels are printed here while you do something else.
console-jobs-none = No print jobs
console-jobs-none-text = Large orders of labels will be listed here.
console-job-ordered = The labels are being printed. You may leave this page.
console-job-cancelled = Cancelled
console-job-cancel-done = The job is cancelled.
console-job-queued = Waiting
console-job-running = In progress
console-job-done = Ready
console-job-failed = Failed
console-job-state = Progress
console-job-count = { $done } of { $total } labels
console-job-refresh = This page looks again every two seconds.
console-job-lead = You can leave this page. Files appear below as soon as each has been read back.
console-job-lead-over = Nothing more will happen here. Take the files that are ready, or order again.
console-job-cancel = Cancel
console-job-files = Files
console-job-files-hint = Each file you take counts as a download of its codes. Files are kept for a week.
console-job-file = { $name } ({ $count ->
    [one] 1 label
   *[other] { $count } labels
})
error-packing-gap = Fill in the smaller package first: there is no pallet without cases.
error-batch-missing = Choose the batch.
error-quantity-missing = How many items?
error-reason-missing = Say why, in at least one language.
error-host-malformed = This is no web address. For example: zy.example
error-format-unknown = There is no such format. Known formats: { $known }.

## What commands say when they are done (cli)

told-key-once = Keep it: it cannot be shown again.
told-key-revoked = Revoked: the key's next request is refused.
told-verified = { $organisation } is shown as verified.
told-unverified = { $organisation } is no longer shown as verified.
told-epoch = Runs ordered from now on use key epoch { $epoch }; printed codes stay valid.
told-master = { $count ->
    [one] One key is now under a new master key.
   *[other] { $count } keys are now under a new master key.
} Make a backup and destroy older ones: they hold the old key.
told-codes = { $file }: { $count } codes. Whoever has them can print labels.
told-labels = { $file }: { $count } labels.
told-ready = Ready: { $data }. Its master key must never be lost: see `trueorigin backup`.
told-migrated = The tables are this program's.
told-backup = { $file }: { $rows } rows, { $bytes } bytes. It contains the master key.
told-restored = { $rows } rows restored into { $data }.
told-released = Run { $run }: released.
told-withdrawn = Run { $run }: withdrawn.
told-lifted = The recall is lifted.
told-serving = Serving { $data } on { $url }

## console/insight.py, units.py, figures.py, exports.py: what the data centre knows

console-nav-units = Look up a code
console-nav-figures = Figures
console-units-lead = See everything the data centre knows about one of your codes. Looking it up here is not counted as a reading.
console-units-code = Code or address
console-units-code-hint = Paste what a phone read, type the code under the symbol, or read it with a hand scanner.
console-units-find = Look up
console-units-photo = Photograph of the label
console-units-photo-hint = On a phone this opens the camera. The photograph is read once and not kept.
console-units-photo-button = Read photograph
console-units-choices = Codes on this photograph
console-units-title = Unit { $number }
console-units-about = The unit
console-units-level = Level
console-units-index = Place in the run
console-units-stage = State
console-units-phones = Phones
console-units-first = First phone
console-units-last = Last phone
console-units-recall = Recalled since { $since }
console-units-readings = Readings
console-units-unread = Nobody has read this code so far.
console-units-places = Places of readings
console-units-phone = Phone { $name }
console-units-counted = new phone
console-units-times = { $count } readings
console-stage-planned = Not released
console-stage-released = Released
console-stage-withdrawn = Withdrawn
console-channel-page = Web page
console-channel-api = Programme
console-channel-kiosk = Kiosk
console-channel-photo = Photograph
console-channel-cli = Command line
console-channel-seller = Seller
console-channel-logistics = Logistics
console-channel-regulator = Authority
console-channel-manufacturer = Manufacturer
console-figures-lead = Every figure leads to its rows. Days end at midnight in { $zone }; a phone counts once for each unit it reads.
console-figures-period = Period
console-figures-days = { $count ->
    [one] Last day
   *[other] Last { $count } days
}
console-figures-total = All of it
console-figures-issued = Codes issued
console-figures-released = Released now
console-figures-read = Readings
console-figures-phones = Phones
console-figures-suspicious = With a warning
console-figures-invented = Invented codes
console-figures-by-day = By day
console-figures-bars = Bars: readings by day from { $start } to { $stop }, at most { $most }. The darker foot of a bar has a warning. The table below says the same.
console-figures-by-place = By region
console-figures-map = Map of readings: larger marks for more of them, diamonds where there was a warning. The table says the same.
console-figures-nowhere = Place unknown
console-figures-by-verdict = By answer
console-figures-table = Table
console-figures-name = Name
console-figures-day = Day
console-figures-place = Place
console-figures-verdict = Answer
console-figures-none = No readings in this period
console-figures-none-text = Choose a longer period, or read a code with a phone.
console-figures-export = Export as CSV
console-figures-of = Figures
console-readings-title = Readings
console-place = near { $city } · { $cell }
console-readings-counted = only the first of each phone
console-readings-lead = In the order of units, then of time.
console-readings-days = { $first } to { $last }
console-readings-until = Up to and including { $last }
console-readings-none = No such readings
console-readings-empty = Nothing on this page
console-readings-empty-text = The ledger is searched in stretches. If there is more to search, go on below.
console-readings-at = When
console-readings-unit = Run · level · place
console-readings-how = How
console-readings-where = Where
console-invented-title = Invented codes
console-invented-lead = Readings of codes that nobody issued, though they carry one of your numbers. A burst of them means that somebody guesses or prints codes.
console-invented-number = Number on the code
console-invented-networks = Networks
console-invented-cut = Older days are not shown. Choose a shorter period.
console-invented-none = No invented codes
console-invented-none-text = Nobody read an invented code with your numbers in this period.
console-column-at = Read at ({ $zone })
console-column-day = Day ({ $zone })
console-column-product = Product
console-column-product-number = Product number
console-column-lot = Lot
console-column-run = Run
console-column-level = Level
console-column-index = Place in the run
console-column-verdict = Answer
console-column-channel = How
console-column-readings = Readings
console-column-counted = New phone
console-column-latitude = Latitude
console-column-longitude = Longitude
console-column-phone = Phone (within its unit)
console-column-phones = New phones
error-unit-not-found = This is no code of yours: never issued, mistyped, or somebody else’s.
error-base-map-invalid = { $file } cannot be drawn under maps. It must be an SVG of at most 4 MB with viewBox="-180 -90 360 180".

## Tables of products and batches (import)

error-table-gone = The file is not here any more. Send it again.
error-table-unreadable = Checking this file was broken off several times. Save it anew, or split it into several tables.
error-table-too-large = A table may have at most { $max } MB. Split it into several.
error-table-empty = There is nothing in this file.
error-table-encoding = The characters of this file cannot be told. Save it as XLSX, or as CSV in UTF-8.
error-table-broken = This file cannot be read as a table. Open it in your spreadsheet program and save it again as XLSX or CSV.
error-table-bomb = This file unpacks to far more than a table holds, and was not opened.
error-table-merged = Cells { $cells } are merged. Split them: every row must stand by itself.
error-table-rows = A table may have at most { $max } rows. Split it into several.
error-table-columns = A table may have at most { $max } columns; row { $row } has more.
error-table-formula = Cell { $cell } holds a formula. Paste its value instead.
error-table-number-long = This is a number of more than 15 digits, of which spreadsheets lose the last ones. Format the column as text and enter it again.
error-table-day-unexpected = The spreadsheet has made a date of this. Format the column as text and enter it again.
error-table-cell-error = Cell { $cell } holds an error of the spreadsheet. Write the value itself.
error-import-column-unknown = There is no column “{ $heading }”. Use the headings of the template.
error-import-column-twice = This column is there twice.
error-import-column-missing = This column, or its alternative, is missing.
error-import-cell-nowhere = A cell of this row lies under no heading.
error-import-no-rows = There are no rows under the heading.
error-import-duplicate = { $value } stands in row { $first } already.
error-import-product-unknown = You have no product with the number { $value }. Register or import it first.
error-import-not-found = There is no such import.
error-import-over = This import has been decided already, or was interrupted.
console-imports = Import
console-imports-lead = Take over many products or batches from a spreadsheet. Everything is checked first; nothing is stored unless every row is right.
console-imports-step = Choose a filled-in table
console-imports-kind = What the rows are
console-imports-products = Products
console-imports-batches = Batches
console-imports-file = Table
console-imports-file-hint = CSV or XLSX, at most 16 MB, 100,000 rows and 60 columns. Only values: no formulas, no merged cells.
console-imports-check = Check table
console-imports-templates = Templates
console-imports-templates-text = Empty tables with the right headings. Fill one in from its second row on.
console-imports-template-products = Products ({ $format })
console-imports-template-batches = Batches ({ $format })
console-imports-before = Earlier imports
console-imports-rows = { $count ->
    [one] { $count } row
   *[other] { $count } rows
}
console-imports-rejected = { $count ->
    [one] One fault: nothing was stored. Correct the row and send the table again.
   *[other] { $count } faults: nothing was stored. Correct the rows and send the table again.
}
console-imports-discarded = Given up; nothing was stored.
console-imports-ready = Every row is right. Nobody sees them before you take them over.
console-imports-take = { $count ->
    [one] Take over { $count } row
   *[other] Take over { $count } rows
}
console-imports-discard = Give up
console-imports-judging = Every row is being checked. Large tables take a minute; you may leave this page.
console-imports-queued = Other work is being finished first.
console-imports-judged = { $count ->
    [one] { $count } row checked so far
   *[other] { $count } rows checked so far
}
console-imports-kept = All rows are right; { $count } of { $total } are put aside
console-imports-whole-file = Whole file
console-imports-moving = The rows are being taken over. Nobody sees any before all are there; you may leave this page.
console-imports-failed = Taking the rows over has failed. Nobody sees any of them. Try again: it goes on where it stopped.
console-imports-unchecked = Checking this table has failed; nothing was stored. Give it up and send it again.
console-imports-again = Try again
console-imports-failed-hint = Left alone, it is given up by itself within two hours, which frees its numbers.
console-imports-interrupted = This table is being received, or receiving it was interrupted. Give it up and send it again if nothing happens.
console-imports-done = All rows are taken over.
console-imports-see-products = See products
console-imports-see-batches = See batches
console-imports-report = Download report (CSV)
console-imports-first = The first { $shown } faults; the report has { $kept }.
console-imports-row = Row
console-imports-column = Column
console-imports-fault = What is wrong
console-imports-code = Code
console-imports-state-staged = Waits for you
console-imports-state-judging = Being checked
console-imports-state-moving = Being taken over
console-imports-state-failed = Failed
console-imports-state-visible = Taken over
console-imports-state-rejected = Refused
console-import-column-gtin = GTIN
console-import-column-internal-number = Own number
console-import-column-name-zh = Name in Chinese
console-import-column-name-en = Name in English
console-import-column-description-zh = Description in Chinese
console-import-column-description-en = Description in English
console-import-column-category = Category
console-import-column-specification = Specification
console-import-column-feature-name-zh = Feature { $number }: name in Chinese
console-import-column-feature-name-en = Feature { $number }: name in English
console-import-column-feature-value-zh = Feature { $number }: value in Chinese
console-import-column-feature-value-en = Feature { $number }: value in English
console-import-column-lot = Lot
console-import-column-produced-on = Produced on
console-import-column-expires-on = Last good day
console-import-column-place-zh = Place in Chinese
console-import-column-place-en = Place in English
console-import-column-line = Line
console-import-column-material-name = Material { $number }
console-import-column-material-supplier = Material { $number }: supplier
console-import-column-material-lot = Material { $number }: lot

## The commands about people (cli/people)

told-person-joined = The person can act for this organisation, too.
told-person-password = The password is changed; all sessions of this person have ended.
told-person-disabled = The person can no longer sign in; all sessions have ended.
told-person-enabled = The person can sign in again.

# eventdrafts, capturing

error-event-malformed = An event is an object with id, kind, at and units.
error-event-field-malformed = This field cannot be read.
error-event-kind-unknown = There is no such kind of event. Known are: { $known }.
error-reading-stamp-device-only = Only enrolled devices may give a reading its id and its time.
error-reading-stamp-half = Give the reading both an id and a time, or neither.
error-reading-id-malformed = The id of a reading is a UUIDv7 made at the time of the reading.
error-reading-time-out-of-range = Readings may be sent for { $days } days; this one is older or in the future.
error-event-time-zone-missing = Give the time with its zone, such as +08:00 or Z.
error-event-time-out-of-range = Events are recorded of the years { $min } to { $max }.
error-epcis-type-unsupported = This type of event cannot be recorded. Known are: { $known }.
error-epcis-step-unsupported = No kind of event stands for this business step. Known are: { $known }.
error-epcis-units-by-class = Units are named by class and quantity only. Name them one by one.
error-epcis-identifier-unsupported = No unit has an identifier like this: { $given }
error-event-units-missing = Name the units the event is about.
error-event-containers = { $max ->
    [0] This kind of event names no container.
    [1] This kind of event names one container.
   *[other] This kind of event names { $min } to { $max } containers.
}
error-event-container-in-itself = A container cannot be packed into itself.
error-event-plan-misplaced = A plan belongs to a packing event, and names its units by itself.
error-event-plan-level = Only groups are packed by plan, not items.
error-event-plan-children = The units packed must be among the { $quantity } of the level below.
error-event-plan-rejects = Rejects are units of the packed range, in ascending order, each once.
error-event-plan-inexact = { $children } units do not fill exactly { $containers } containers of { $size }.
error-event-details-too-long = The details of an event may hold { $max } letters in all.
error-event-details-too-deep = The details of an event may be nested { $max } deep.
error-event-id-taken = Another event has this id already.
error-event-not-found = There is no such event.
error-unit-no-group = This unit is an item, and nothing was ever packed into it.
error-positions-refused = Only the owner of goods and authorities see where all of them are.
error-material-missing = Name the lot or the raw material.

error-gln-malformed = A GLN has 13 digits; this is { $given }.
error-gln-check-digit = The last digit of GLN { $given } should be { $expected }.
error-gln-taken = Another of your sites has GLN { $value } already.
error-country-malformed = A country is its two-letter code of ISO 3166-1 in capitals, such as CN.
error-position-out-of-range = This lies between { $min } and { $max }.
error-position-incomplete = Give latitude and longitude, or neither.
error-sites-too-many = An organisation has at most { $max } open sites. Close one first.
error-site-not-found = You have no such site.
error-territories-too-many = An organisation has at most { $max } open sales regions. Close one first.
error-territory-not-found = You have no such sales region.
error-areas-missing = A sales region needs at least one area.
error-partner-not-found = You have no such partner.
error-partner-prefix-unknown = No organisation has the code prefix { $given }. Its console shows it under Enterprise.
error-partner-is-self = This is the code prefix of your own organisation.
error-partners-too-many = An organisation has at most { $max } partners at a time.
error-inspection-result-unknown = There is no such result of an inspection. Known are: { $known }.
error-inspection-units = Give either the code, or a list of units.
error-finding-misplaced = A finding belongs to an inspecting event.
error-finding-refused = Only a regulator records findings.
error-event-kind-refused = You may not record { $kind } of these goods: they are not yours.

## console/sites.py, partners.py, events.py, lives.py: the chain

console-nav-sites = Sites
console-nav-partners = Partners
console-nav-goods = Goods
console-goods-lead = What is on its way to you, what you hold, and what you sent that nobody has taken in yet. Record an arrival here, or with the field app on a phone.
console-goods-arrivals = On their way to you
console-goods-arrivals-none = Nothing is on its way to you
console-goods-arrivals-none-text = Shipments that name you as their receiver stand here until you receive them.
console-goods-held = In your hands
console-goods-held-none = You hold nothing
console-goods-held-none-text = Goods that you received or stored stand here until they are sold, shipped or in somebody else’s hands.
console-goods-shipments = Sent, not taken in yet
console-goods-shipments-none = Everything you sent was taken in
console-goods-shipments-none-text = Shipments of yours stand here until somebody receives them, for 90 days at most.
console-goods-from = From { $name }
console-goods-to = To { $name }
console-goods-rest = { $rest } on the way, of { $units }
console-goods-expected = expected { $at }
console-goods-sent = sent { $at }
console-goods-since = last arrived { $at }
console-goods-lot = Lot { $lot }
console-goods-coming = on the way
console-goods-late = late
console-goods-unanswered = not taken in
console-goods-receive = Receive
console-goods-cut = There is more than stands here: what came long ago or in great numbers is left out. Nothing of it is lost; look under events.
console-task-arrivals = { $count ->
    [one] One shipment is on its way to you
   *[other] { $count } shipments are on their way to you
}
    .text = From { $name }. Receive what arrived, so that everybody knows it is in your hands.
    .button = See what is coming
console-task-late = { $count ->
    [one] One shipment should have arrived
   *[other] { $count } shipments should have arrived
}
    .text = From { $name }. Receive what is there, and ask for what is not.
    .button = See what is late
console-task-unanswered = { $count ->
    [one] One shipment of yours was not taken in
   *[other] { $count } shipments of yours were not taken in
}
    .text = Sent to { $name }, or to others, days ago. Ask there whether the goods arrived.
    .button = See which
console-task-phones = Make a phone ready
    .text = With the field app your people record what they do where they do it, with or without network.
    .button = Phones and kiosks
console-nav-events = Events
console-yes = yes
console-no = no

console-map-hint = Or click on the map: each click goes nearer.
console-map-nearest = Click on the map to put the position elsewhere.
console-map-pick = Map: click where the position is. By keyboard, type latitude and longitude above.
console-map-world = Show the whole world

console-sites-lead = The places where you make, keep and sell goods. Events say at which of them they happened.
console-sites-map = Map of your sites. The list names them.
console-sites-empty = No site yet
console-sites-empty-text = Enter your factory, warehouses and shops, so that everybody can tell where goods are.
console-sites-closed-too = Show closed sites too
console-sites-open-only = Show open sites only
console-site-new = Enter a site
console-site-lead = Events can be recorded at this site.
console-site-lead-closed = Closed since { $at }. What happened here stays as it was recorded.
console-site-close = Close site
console-site-closed = The site is closed.
console-site-saved = The site is kept.
console-site-is-closed = Closed
console-site-is-public = Shown to consumers
console-site-is-private = Not shown to consumers
console-site-about = The site
console-site-form-lead = Say what the site is and where, so that goods can be followed to it.
console-site-name = Name
console-site-kind = Kind
console-site-gln = GLN
console-site-gln-hint = The 13 digits of a Global Location Number, if the site has one.
console-site-country = Country
console-site-country-hint = Two letters, such as CN.
console-site-region = Province or city
console-site-region-hint = As people say it. Consumers see it where the site is shown to them.
console-site-address = Address
console-site-latitude = Latitude
console-site-longitude = Longitude
console-site-public = Show name and region to consumers
console-site-public-hint = For shops and visitor sites. Of other sites consumers see only that something happened.
console-site-position = Position
console-site-position-hint = In degrees, north and east positive. It tells whether readings are plausible and draws the map.
console-site-id = Id for programmes
site-kind-factory = Factory
site-kind-warehouse = Warehouse
site-kind-shop = Shop
site-kind-office = Office
site-kind-kiosk = Kiosk
error-degrees-malformed = Please give degrees as a decimal number, such as 32.06.

console-partners-lead = Organisations linked with yours: link a partner and it may record what it does with your goods.
console-partners-mine = They may handle your goods
console-partners-owners = You may handle their goods
console-partners-none = No partner yet
console-partners-none-text = Link carriers, dealers and shops, so that the way of your goods can be followed.
console-partners-no-owner = Nobody has linked you yet
console-partners-no-owner-text = Tell the maker of the goods your code prefix, { $prefix }: with it they link you.
console-partners-own = Your code prefix
console-partners-own-hint = Whoever wants to link you needs these four symbols.
console-partner-new = Link a partner
console-partner-new-hint = Ask the organisation for its code prefix: its console shows it under Partners and Enterprise.
console-partner-prefix = Code prefix
console-partner-prefix-hint = Four symbols. Capitals or not, and look-alikes, make no difference.
console-partner-bring = May bring its own partners
console-partner-bring-hint = For dealers: the shops they link may then handle your goods too, one step and no further.
console-partner-link = Link
console-partner-linked = { $name } may handle your goods now.
console-partner-ended = The partnership has ended. What the partner recorded stays.
console-partner-since = Partner since { $since }
console-partner-ended-at = Partner from { $since } to { $ended }
console-partner-brings = brings its own partners
console-partner-is-ended = Ended
console-partner-again = Link again
console-partner-bring-yes = Let it bring partners
console-partner-bring-no = No longer let it bring partners
console-partner-end = End partnership

console-events-lead = What your organisation recorded of goods, newest first. Open one to see whom it touches, or to declare it in error.
console-events-empty = Nothing recorded yet
console-events-empty-text = As soon as goods are packed, shipped, received or sold, it is listed here.
console-event-lead = This event counts for all units it is about, and for everything inside them.
console-event-lead-error = This event was declared in error: it counts for nothing and stays visible.
console-event-about = The event
console-event-kind = Kind
console-event-who = Recorded by
console-event-at = When
console-event-wall = Clock on the wall there
console-event-recorded = Arrived here
console-event-site = Site
console-event-partner = Partner
console-event-territory = Sales region
console-event-id = Id of the event
console-event-units = Units
console-event-container = Container
console-event-rejects = { $count ->
    [one] One unit was left out as a reject.
   *[other] { $count } units were left out as rejects.
}
console-event-with = with { $name }
console-event-via = to { $container }, with this unit inside
console-event-in-error = Declared in error
console-event-declared = Declared in error { $at }. { $reason }
console-event-no-reason = No reason was given.
console-event-declare = Declare in error
console-event-declare-hint = The event then counts for nothing. It stays visible with your reason, and nobody can take that back.
console-event-reason = Reason
console-event-declared-done = The event is declared in error.
console-detail-carrier = Carrier
console-detail-vehicle = Vehicle
console-detail-expected = Expected arrival
console-detail-document = Document
console-detail-quality = Quality control
console-detail-notes = Notes
console-quality-passed = Passed
console-quality-failed = Failed
console-finding-conforms = Found to conform
console-finding-does-not-conform = Found not to conform
console-finding-suspected-counterfeit = Suspected counterfeit
console-finding-sealed = Sealed by an authority
console-finding-unsealed = Unsealed by an authority
console-finding-sampled = Sample taken
console-finding-authority = Authority
console-finding-document = Document
console-finding-notes = Notes
console-finding-photos = Photographs

event-kind-commissioning = Commissioned
event-kind-packing = Packed
event-kind-unpacking = Unpacked
event-kind-shipping = Shipped
event-kind-receiving = Received
event-kind-storing = Put into store
event-kind-selling = Sold
event-kind-returning = Returned
event-kind-destroying = Destroyed
event-kind-inspecting = Inspected
event-title-planned = Packed as planned
event-title-into = Packed into { $container }
event-title-out-of = Taken out of { $container }
event-title-emptied = Broken up
event-units-planned = { $children } into { $containers }
event-units-many = { $count } units in { $parts } ranges
unit-of-level-0 = item { $number }
unit-of-level-1 = case { $number }
unit-of-level-2 = pallet { $number }
unit-of-level-3 = container { $number }
count-of-level-0 = { $count ->
    [one] one item
   *[other] { $count } items
}
count-of-level-1 = { $count ->
    [one] one case
   *[other] { $count } cases
}
count-of-level-2 = { $count ->
    [one] one pallet
   *[other] { $count } pallets
}
count-of-level-3 = { $count ->
    [one] one container
   *[other] { $count } containers
}
units-of-level-0 = { $count ->
    [one] item { $first } of run { $run }
   *[other] { $count } items of run { $run }: { $first } to { $last }
}
units-of-level-1 = { $count ->
    [one] case { $first } of run { $run }
   *[other] { $count } cases of run { $run }: { $first } to { $last }
}
units-of-level-2 = { $count ->
    [one] pallet { $first } of run { $run }
   *[other] { $count } pallets of run { $run }: { $first } to { $last }
}
units-of-level-3 = { $count ->
    [one] container { $first } of run { $run }
   *[other] { $count } containers of run { $run }: { $first } to { $last }
}

console-unit-lead = Its whole life: where it comes from, whom it passed, who read it.
console-unit-lead-flags = { $count ->
    [one] One thing in the life of this unit cannot be. It is marked in the timeline.
   *[other] { $count } things in the life of this unit cannot be. They are marked in the timeline.
}
console-unit-owner = Belongs to
console-unit-now = Where it is now
console-unit-nowhere = Nothing was recorded yet that would tell.
console-unit-since = since { $at }
console-unit-stays = Containers it was in
console-unit-stay = { $start } to { $stop }
console-unit-inside-now = Now
console-unit-outer = around its own container
console-unit-contents = What is inside
console-unit-planned = Planned
console-unit-inside = Inside now
console-unit-printed = On the label
console-unit-unpacked = No packing was recorded yet: the plan is a promise.
console-unit-children = { $count ->
    [one] One unit
   *[other] { $count } units
}
console-unit-number = Number
console-unit-cut = Only the first { $count } are listed.
console-unit-map = Map of where this unit was handled and read. The table says the same.
console-unit-times = Times
console-unit-life = Its life
console-unit-life-cut = There is more than can be shown: the beginning is left out.
console-unit-reading = Read
console-unit-origin = Where it comes from
life-issued = Code issued
life-planned = Planned
life-released = Released
life-withdrawn = Withdrawn
anomaly-loop = This container is inside itself.
anomaly-too-deep = Containers are nested beyond sense.
anomaly-packed-twice = It was packed while still in another container.
anomaly-not-inside = It was taken out of a container it was not in.
anomaly-apart = It was moved by itself, though the container it is in was elsewhere.
anomaly-before-release = It was handled before it was released.
anomaly-after-withdrawal = It was handled after it was withdrawn.
anomaly-after-destruction = Something happened to it after it was destroyed.
anomaly-after-sale = It moved on though it was sold and never returned.
anomaly-sold-twice = It was sold twice.
anomaly-clock-ahead = The recorder’s clock was ahead: it happened after we knew of it.
anomaly-clock-behind = The recorder’s clock was behind: it happened before its code was issued.
gap-overprinted = Taken more than once: there may be copies.
gap-released-not-downloaded = Released, though the code was never downloaded.
gap-shipped-not-released = Shipped, though it was never released.
gap-received-not-shipped = Received, though it was never shipped.
gap-sold-not-shipped = Sold, though it was never shipped.
gap-sold-not-released = Sold, though it was never released.
gap-read-not-released = Read by the public, though it was never released.
gap-read-not-downloaded = Read by the public, though the code was never downloaded.
# The field app: its page carries all of these; a script fills in the placeholders.

field-title = TrueOrigin Field
field-short-title = TrueOrigin
field-description = Pack, ship, receive, sell and inspect, with or without network
field-needs-script = The field app needs JavaScript to be on in this browser.
field-no-storage = This browser keeps nothing (a private window, or a full phone). So that no work is lost, the field app cannot be used here.
field-other-window = An older version of the app is open in another window. Close it, then open this page again.
field-back = Back
field-cancel = Cancel
field-or = or
field-optional = optional
field-language = Language
field-profile-packer = Packer
field-profile-logistics = Logistics
field-profile-seller = Seller
field-profile-inspector = Inspector
field-enrol-title = Make this phone ready
field-enrol-lead = Ask an administrator to add a device in the console, then scan the square shown there.
field-enrol-scan = Scan the square in the console
field-enrol-looking = Point the camera at the square in the console.
field-enrol-code = Or type the code of 12 symbols
field-enrol-send = Use this code
field-enrol-sending = Making the phone ready…
field-enrol-foreign = This is no code of this data centre. A code has 12 symbols.
field-enrol-offline = There is no network. Making the phone ready needs it; afterwards it works without.
field-enrol-failed = That did not work. Please try again.
field-enrol-kept = { $count } records on this phone are not uploaded yet. They are kept, and go out once it belongs to the same organisation again.
field-enrol-other = Another organisation?
field-enrol-other-text = The phone still holds { $count } records of { $from } that are not uploaded. With { $to } they stay on the phone and are not sent until it belongs to the first organisation again.
field-enrol-other-yes = Change organisation
field-enrol-other-no = Nothing was changed. The code is used up: ask for a new one.
field-camera = Camera
field-camera-picture = What the camera sees
field-camera-refused = The camera is not allowed. Allow it in the browser's settings, or use a scanner or the keyboard.
field-camera-none = There is no camera here. Use a scanner or the keyboard.
field-camera-failed = The camera does not open; another app may be using it. Use a scanner or the keyboard.
field-torch = Light
field-type = Type
field-type-label = Code on the label
field-type-take = Take
field-type-hint = Type the code under the square; it is checked while you type.
field-type-good = Complete, and typed correctly.
field-type-more = { $count } more to go.
field-type-character = There is no “{ $found }” in a code.
field-type-long = That is too long.
field-type-bad = A symbol is wrong; please compare.
field-type-slip = Group { $group }: is “{ $found }” perhaps “{ $wanted }”?
field-fault-empty = The scanner sent nothing.
field-fault-foreign = This code is not ours. It was not opened and not recorded.
field-fault-malformed = No code of ours, or only part of one.
field-fault-character = The scanner sent characters that no code has.
field-fault-check-symbol = A symbol is wrong: the check symbol does not fit.
field-fault-layout = The scanner is set to another keyboard. Set it to US English.
field-queue = Records
field-queue-refused = { $count } refused: please look
field-queue-offline = No network · { $count } to upload
field-queue-offline-empty = No network: go on working
field-queue-sending = Uploading { $count }
field-queue-waiting = { $count } to upload
field-queue-asking = Connecting
field-queue-empty = All uploaded
field-queue-limit = { $max } records wait on this phone: no more are taken until some are uploaded or looked at. What was scanned is kept.
field-queue-many = { $count } records wait on this phone, { $max } at most. Look for a network soon.
field-scans-all = Show all { $count }
field-odd-packed-twice = Look into which case it really lies. Take back the record that is wrong; if both are right, one after the other, press “Seen”.
field-odd-not-inside = Read the labels of the case and of what came out once more. If another case was meant, take this record back and record it again.
field-odd-apart = It went without its case. If it was taken out, record that as well; if the whole case was meant, take this back and scan the case.
field-odd-loop = A case cannot lie in itself. Take this record back and scan case and contents again.
field-odd-too-deep = Too many layers. Check which pallet lies on which, and take back what is wrong.
field-odd-before-release = These goods are not released yet. Keep them here and ask whoever releases them.
field-odd-after-withdrawal = These goods were withdrawn. Put them aside and tell your manager.
field-odd-after-destruction = These goods count as destroyed. Put them aside and tell your manager; the label may be a copy.
field-odd-after-sale = These goods count as sold. If a customer brought them back, record a return; if not, put them aside: the label may be a copy.
field-odd-sold-twice = It was sold before. Check that this very item was scanned; if so, put it aside and tell your manager.
field-odd-clock-ahead = The clock of a phone was wrong. Set date and time to automatic.
field-odd-clock-behind = The clock of a phone was wrong. Set date and time to automatic.
field-odd-other = Compare it with the goods. Take back what is wrong, or press “Seen” if it is right.
field-refused-unit-not-found = No such code is known, or the goods are of somebody who is no partner. Check the label; ask the maker to link your organisation, then record it again.
field-refused-partner-not-found = That organisation is no partner any more. Ask for it to be linked in the console, then record it again.
field-refused-site-not-found = That place is not there any more. Choose another one, and record it again.
field-refused-event-kind-refused = Only the maker may record this of these goods.
field-refused-other = It is not stored. Put right what is named above, record it again, and press “Seen”.
field-queue-newest = The newest { $count } are shown; the others are kept as well.
field-queue-nothing = No records yet.
field-queue-part-refused = Refused ({ $count })
field-queue-part-waiting = To upload ({ $count })
field-queue-part-done = Done ({ $count })
field-send-now = Upload now
field-row-units = { $code } · { $count } pcs
field-row-corrected = time corrected by { $minutes } minutes
field-row-seen = Seen
field-row-undo = Take back
field-row-waiting = to upload
field-row-sent = uploaded
field-row-refused = refused
field-row-taking-back = taking back
field-row-taken-back = taken back
field-take-back = Take this record back?
field-take-back-waiting = It was not uploaded yet; it will be gone.
field-take-back-sent = It was uploaded. Taking it back declares it an error: it counts no more and stays visible.
field-take-back-yes = Take it back
field-outdated = The app was updated. All records are kept; please load it again.
field-reload = Load again
field-update = A new version is here. No record is lost.
field-update-now = Update
field-full = The phone is full: the new scan was not taken. Upload first, or make room. What was taken is kept.
field-revoked = This phone was revoked. Its { $count } records are kept: get a new code from the console.
field-clock-behind = The phone's clock is { $minutes } minutes slow; the times of records are corrected.
field-clock-ahead = The phone's clock is { $minutes } minutes fast; the times of records are corrected.
field-settings = Settings
field-sound = Sound
field-sound-on = Sound: on
field-sound-off = Sound: off
field-offline = Without network
field-offline-can = It can: scan, count, notice doubles, check typed codes, hold items against the numbers on the case, and record everything. Closing the browser loses nothing.
field-offline-cannot = It cannot: tell whether a code is genuine, of which batch, or recalled. Only the data centre knows; it is asked once there is a network.
field-offline-then = Then: everything is sent in order, with its own time, once; what is refused says why.
field-device = Device
field-version = Version { $version }
field-leave = Sign this phone out
field-leave-text = A new code is needed to use it again.
field-leave-kept = { $count } records are not uploaded yet. They stay on the phone and go out once it belongs to the same organisation again.
field-go-on = Go on
field-go-on-hint = { $task } · { $count } scanned
field-drop = Drop what was begun?
field-drop-text = “{ $task }” is not finished; what was scanned is not recorded.
field-drop-yes = Drop it
field-task-pack = Items into a case
field-task-pack-hint = First the case, then its items
field-task-palletise = Cases onto a pallet
field-task-palletise-hint = First the pallet, then its cases
field-task-planned = Packed as planned
field-task-planned-hint = A whole range of cases at once
field-task-unpack = Unpack
field-task-unpack-hint = Everything comes out
field-task-replace = Replace one
field-task-replace-hint = One comes out, another goes in
field-task-ship = Ship
field-task-ship-hint = Carrier, vehicle, receiver
field-task-hand-over = Hand over
field-task-hand-over-hint = Face to face to the next hands
field-task-receive = Receive
field-task-receive-hint = By case or pallet
field-task-store = Store
field-task-store-hint = Into which place
field-task-sale = Put on sale
field-task-sale-hint = On the shelf of this shop
field-task-sell = Sell
field-task-sell-hint = By case or single item
field-task-return = Return
field-task-return-hint = From a customer, or back to the supplier
field-task-look = Look
field-task-look-hint = Registered facts and history
field-task-find = Record a finding
field-task-find-hint = Result, notes, photos, place
field-task-seal = Seal
field-task-seal-hint = May not be sold until unsealed
field-task-unseal = Unseal
field-task-unseal-hint = Free for sale again
field-setup-go = Begin to scan
field-setup-edit = Change the details
field-setup-missing = Please fill in: { $field }
field-not-told = not told
field-any-order = any batch
field-field-order = Batch
field-field-site = Place
field-field-site-from = From
field-field-partner = Partner
field-field-partner-to = To
field-field-partner-from = From whom
field-field-carrier = Carrier
field-field-vehicle = Vehicle
field-field-expected = Expected arrival
field-field-territory = Sales region
field-field-document = Document number
field-field-notes = Notes
field-field-arrival = Expected shipment
field-arrival-expected = { $name } · { $count } pcs · expected { $at }
field-arrival-sent = { $name } · { $count } pcs · sent { $at }
field-arrival-of = { $max } sent by { $name }
field-arrival-whole = Everything has come
field-arrival-open = { $missing } still missing
field-none-arrival = Nothing is on its way.
field-say-not-sent = { $code } is not named in this shipment; counted ({ $count })
field-task-receive-coming = { $count } on the way to you
field-none-order = No batch to pack, or none fetched yet.
field-none-site = No places in the console, or none fetched yet.
field-none-partner = No partners in the console, or none fetched yet.
field-none-territory = No sales regions.
field-finding-result = Result
field-result-conforms = Conforms
field-result-does-not-conform = Does not conform
field-result-suspected-counterfeit = Suspected counterfeit
field-result-sampled = Sample taken
field-photo-title = Photographs
field-photo-add = Take a photograph
field-photo-number = Photograph { $number }
field-photo-drop = Remove photograph { $number }
field-photo-failed = This picture cannot be read.
field-scan-container = Scan the case or pallet first
field-scan-next = Ready to scan
field-scan-how = Use a scanner, open the camera, or type.
field-say-counted = { $count } counted
field-say-counted-of = { $count } of { $max }
field-say-complete = Complete: { $count } of { $max }
field-say-open = { $code } is open: scan what goes in
field-say-open-of = { $code } is open for { $max }
field-say-twice = { $code } was scanned already
field-say-itself = That is the container itself
field-say-item = That is an item, not a case
field-say-group = That is a case; { $container } is not finished
field-say-container-first = That is an item. Scan the case first
field-say-stranger = { $code } is other goods than this batch
field-say-packed = { $code } is in { $container } already
field-say-unlisted = { $code } is not on the label of the case
field-say-unlisted-taken = { $code } is not on the label; counted ({ $count })
field-say-full = It is full: { $max }
field-say-many = At most { $max } at once: finish first
field-say-swap-out = Now scan what comes out
field-say-swap-in = Now scan what goes in
field-say-swap-done = Ready to finish
field-say-swap-full = One at a time: finish first
field-say-undone = { $code } taken back
field-say-queued = { $count } recorded
field-say-queued-in = { $container } recorded with { $count }
field-say-queued-hint = Kept on the phone, uploaded as soon as there is a network.
field-undo = Undo
field-finish = Finish { $count }
field-finish-in = Finish with { $count }
field-in-container = in { $code }
field-compare-none = The label lists no numbers
field-compare-good = All as listed on the label
field-compare-open = { $missing } of the label missing, { $extra } extra
field-comes-out = out
field-drop-one = Remove { $code }
field-check-asking = asking
field-check-good = verified
field-check-unasked = not verified
field-check-not-issued = { $code } was never issued
field-check-other-run = { $code } is of another batch: { $lot }
field-check-too-small = { $code } is too small a unit here
field-check-too-large = { $code } is too large a unit here
field-check-grave = { $code }: { $title }
field-plan-lead = Cases were packed in order as planned: one record says it all. Record exceptions by themselves.
field-plan-level = Level
field-plan-level-of = Level { $level }, { $size } in each
field-plan-from = First number
field-plan-to = Last number
field-plan-range = Give a first and a last number from 0 to { $max }.
field-plan-send = Confirm as planned
field-look-asking = Asking
field-look-offline = No network: whether it is genuine, its history and recalls cannot be told now, only what the label says.
field-look-registered = Registered
field-look-compare = Compare each line with the goods.
field-look-organisation = Enterprise
field-look-product = Product
field-look-specification = Specification
field-look-gtin = GTIN
field-look-lot = Lot
field-look-produced = Produced
field-look-expires = Expires
field-look-number = Number
field-look-level = Level
field-level-item = Item
field-level-group = Group of level { $level }
field-inside-now = Inside now: { $count }
field-inside-planned = Planned inside: { $count }. Nobody has packed it yet.
field-inside-agrees = The label says the same.
field-inside-differs = The label says otherwise.
field-inside-gone = Planned, not inside
field-inside-added = Inside, not planned
field-inside-missing = Inside, not on the label
field-inside-extra = On the label, not inside
field-label-contents = The label says { $count } inside
field-label-listed = These are the numbers of what is inside, to be compared one by one.
field-label-first = The label gives the first number and how many.
field-history = History
field-history-show = Show the whole history
field-history-void = declared in error, counts for nothing
field-kind-commissioning = Coded
field-kind-packing = Packed
field-kind-unpacking = Unpacked
field-kind-shipping = Shipped
field-kind-receiving = Received
field-kind-storing = Stored
field-kind-selling = Sold
field-kind-returning = Returned
field-kind-destroying = Destroyed
field-kind-inspecting = Inspected
field-task-take-out = Take out
field-task-take-out-hint = Scan each one that comes out
field-queue-flagged = { $count } odd: please look
field-queue-part-flagged = Odd ({ $count })
field-row-flagged = odd
field-history-cut = There is more before this than can be shown.
field-history-none = Nothing was recorded of it yet.
field-history-inside = inside { $code }
field-result-sealed = Sealed
field-result-unsealed = Unsealed
field-readings = Read by { $count } phones
field-readings-more = Only the latest are shown.
field-reading-counted = a buyer's reading
field-reading-other = repeated, or by staff
field-reading-nowhere = place not known
field-position-title = Place
field-position-take = Use the phone's position
field-position-asking = Finding the position…
field-position-taken = { $place } (within { $metres } m)
field-position-failed = No position. Choose a place instead.
field-plan-scan = Or scan the first and the last one: their numbers, counted from 0, are filled in (needs a network).
field-plan-offline = No network: fill the numbers in by hand.

## console/acts.py, actforms.py: recording by hand

console-acts-title = Record what happens
console-acts-lead = Choose what is done with goods. Nothing is stored before you have seen what it means.
act-packing = Pack
act-unpacking = Unpack
act-shipping = Ship
act-receiving = Receive
act-storing = Put into store
act-selling = Sell
act-returning = Take back
act-destroying = Destroy
act-inspecting = Check quality
act-hint-packing = Put units into a case or onto a pallet, or confirm that a range was packed as planned.
act-hint-unpacking = Take units out, or break up a whole case or pallet.
act-hint-shipping = Send units or groups on their way: to whom, by whom, for which sales region.
act-hint-receiving = Confirm that goods have arrived.
act-hint-storing = Say at which site goods are kept.
act-hint-selling = Hand goods over to a consumer or a customer.
act-hint-returning = Goods have come back.
act-hint-destroying = Goods no longer exist, or must not be used.
act-hint-inspecting = Note your own quality control. Findings of authorities are another thing.
console-act-what = Which units
console-act-codes = Codes
console-act-codes-hint = One a line, as a hand scanner types them; at most { $max }. A group stands for everything in it.
console-act-container-packing = The code of the case or pallet they go into.
console-act-container-unpacking = Alone: everything comes out of it. With codes above: they come out of it.
console-act-range = Or a range of a run
console-act-range-hint = Numbers of units as on the page of the run, from 0; the last one is part of the range.
console-act-range-planned = Or packed as planned
console-act-range-hint-planned = The first and the last of the cases or pallets that were packed in order, as the run was planned; counting begins at 0.
console-act-where = When, where, with whom
console-act-at-hint = On the clocks of your organisation. Left empty: now.
console-act-none = None
console-act-partner-shipping = Who is to receive the goods.
console-act-partner-receiving = From whom they came.
console-act-partner-selling = To whom, if that is a partner.
console-act-partner-returning = From whom they came back.
console-act-territory-hint = A reading outside it will be told to you as out of region.
console-act-sure-lead = This will be stored. Look at it once more.
console-act-now = Record
console-act-anyway = Record all the same
console-act-change = Change
console-act-done = It is recorded.
console-act-line = Line { $number }:
warning-loop = { $count ->
    [one] One unit would be inside itself.
   *[other] { $count } units would be inside themselves.
}
warning-too-deep = { $count ->
    [one] One unit would be nested beyond sense.
   *[other] { $count } units would be nested beyond sense.
}
warning-packed-twice = { $count ->
    [one] One unit is still in another container.
   *[other] { $count } units are still in another container.
}
warning-not-inside = { $count ->
    [one] One unit is not in this container.
   *[other] { $count } units are not in this container.
}
warning-apart = { $count ->
    [one] One unit is in a container that is elsewhere.
   *[other] { $count } units are in a container that is elsewhere.
}
warning-before-release = { $count ->
    [one] One unit is not released.
   *[other] { $count } units are not released.
}
warning-after-withdrawal = { $count ->
    [one] One unit was withdrawn.
   *[other] { $count } units were withdrawn.
}
warning-after-destruction = { $count ->
    [one] One unit was destroyed.
   *[other] { $count } units were destroyed.
}
warning-after-sale = { $count ->
    [one] One unit was sold and never returned.
   *[other] { $count } units were sold and never returned.
}
warning-sold-twice = { $count ->
    [one] One unit was sold already.
   *[other] { $count } units were sold already.
}
warning-clock-ahead = { $count ->
    [one] One unit would be handled in the future.
   *[other] { $count } units would be handled in the future.
}
warning-clock-behind = { $count ->
    [one] One unit would be handled before its code was issued.
   *[other] { $count } units would be handled before their codes were issued.
}
warning-recalled = { $count ->
    [one] One unit is recalled.
   *[other] { $count } units are recalled.
}
warning-sold-already = { $count ->
    [one] One unit was sold already.
   *[other] { $count } units were sold already.
}
warning-destroyed-already = { $count ->
    [one] One unit was destroyed already.
   *[other] { $count } units were destroyed already.
}

## console/inspections.py: findings of authorities

console-nav-findings = Findings
console-findings-lead = What authorities found of your goods. Consumers see it, too, with authority and date.
console-findings-lead-own = What your authority found. Consumers and owners of the goods see it with your name and the date.
console-findings-empty = No finding yet
console-findings-empty-text = As soon as an authority inspects goods, it is listed here.
console-finding-new = Record a finding
console-finding-form-lead = Say what you found. It holds for all units named and for everything inside them, and is shown to consumers.
console-finding-result = Result
console-finding-notes-zh = Notes in Chinese
console-finding-notes-en = Notes in English
console-finding-photos-hint = Shown to the owner of the goods and to consumers.
console-finding-authority-hint = As consumers read it.
console-finding-done = The finding is recorded.
console-finding-section = The finding

## console/territories.py: sales regions

console-nav-territories = Sales regions
console-territories-lead = Where goods of a shipment are meant to be sold. A reading outside is told to the owner of the goods as out of region, and never makes them a fake.
console-territories-empty = No sales region yet
console-territories-empty-text = Draw one, name it when you ship, and you learn where goods turn up outside of it.
console-territories-closed-too = Show closed regions too
console-territories-open-only = Show open regions only
console-territory-new = Draw a sales region
console-territory-lead = Shipments can name this region. It never changes: to change it, close it and draw another.
console-territory-lead-closed = Closed since { $at }. Earlier shipments still name it.
console-territory-close = Close region
console-territory-closed = The region is closed.
console-territory-saved = The region is kept.
console-territory-save = Keep region
console-territory-form-lead = Draw circles that together hold every place where the goods may be sold. Generous ones raise fewer false alarms.
console-territory-name = Name
console-territory-name-zh = Name in Chinese
console-territory-name-en = Name in English
console-territory-areas = Areas
console-territory-areas-hint = Begin with a province, click on the map, or type the middle of a circle and its radius.
console-territory-area = Area { $number }
console-territory-count = { $count ->
    [one] One area
   *[other] { $count } areas
}
console-territory-field = Area { $number }, { $label }
console-territory-latitude = Latitude
console-territory-longitude = Longitude
console-territory-radius-km = Radius in km
console-territory-province = Province or municipality
console-territory-add = Add it
console-territory-map = Map of the areas. The numbers beside it say the same.

## console/home.py: first pages of those who make nothing

console-task-finding = An authority objected to your goods
    .text = Found { $at }. Read what it says, and recall or withdraw what is affected.
    .button = Read the finding
console-task-inspect = Record a finding
    .text = Inspect goods by their codes: what you find is shown to consumers and told to the owner.
    .button = Record a finding
console-task-look = Look up a code
    .text = See which goods it belongs to, and of its life what you may see.
    .button = Look up a code
console-task-owner = Let the makers link you
    .text = Tell them your code prefix, { $prefix }. As soon as they link you, you can record what you do with their goods.
    .button = Partners
console-task-record = Record what happens
    .text = Receive, store, ship, sell or take back goods, so that their way is known.
    .button = Record what happens
console-task-site = Enter your sites
    .text = Say where you keep and sell goods, or where your visitor screens stand.
    .button = Enter a site
console-task-silent = Kiosk “{ $name }” is silent
    .text = Nothing was heard of it since { $at }. Check its power and network; what was read meanwhile is kept on it and sent later.
    .button = Phones and kiosks
console-task-devices = Enrol phones and visitor screens
    .text = Each has a key of its own and may only do what it is for.
    .button = Phones and kiosks

## The public kiosk. Sentences are for strangers who stand before it, and are said aloud

kiosk-title = TrueOrigin check
kiosk-needs-script = A kiosk needs a browser with scripts turned on.
kiosk-languages = Language
kiosk-start = Hold the code in front of the scanner
kiosk-start-text = The square code on the package. The answer appears here, and is said aloud.
kiosk-camera = Use the camera
kiosk-camera-picture = Picture of the camera
kiosk-camera-open = Hold the code in front of the camera.
kiosk-camera-refused = The camera may not be used on this kiosk. Use the scanner, or type the code.
kiosk-camera-none = This kiosk has no camera. Use the scanner, or type the code.
kiosk-camera-failed = The camera does not start. Use the scanner, or type the code.
kiosk-type = Type the code
kiosk-offline-note = No connection at the moment. Codes cannot be checked now; what you scan is recorded and sent later.
kiosk-asking = One moment …
kiosk-again = Next code
kiosk-stays = Touch the screen to keep reading.
kiosk-keypad = Type the code under the square
kiosk-typed = The code so far
kiosk-typed-hint = Capitals and digits; the hyphens come by themselves.
kiosk-typed-missing = { $count } more
kiosk-typed-complete = Complete, and nothing mistyped.
kiosk-typed-wrong = One character is wrong. Please compare with the label.
kiosk-typed-slip = Look at group { $group }: is { $found } perhaps { $wanted }?
kiosk-erase = Delete the last character
kiosk-clear = Clear
kiosk-check = Check
kiosk-verdict-genuine = Genuine
kiosk-verdict-unverified = Genuine code, maker not verified
kiosk-verdict-expired = Out of date
kiosk-verdict-caution = Take a closer look
kiosk-verdict-suspect = Doubtful
kiosk-verdict-not-released = Not released yet
kiosk-verdict-withdrawn = Code withdrawn
kiosk-verdict-recalled = Recalled
kiosk-verdict-not-issued = Not found
kiosk-says-genuine = The maker issued this code, and nothing speaks against it. Compare the goods with what is shown here.
kiosk-says-unverified = The code was issued here, but nobody has verified who the maker is.
kiosk-says-expired = The code is genuine, but the goods are past their date.
kiosk-says-caution = The code is genuine, but something about it is unusual. Please read the reasons.
kiosk-says-suspect = Something speaks against this item. Do not rely on it, and show this to the staff.
kiosk-says-not-released = The maker has not released these goods for sale. Please show this to the staff.
kiosk-says-withdrawn = The maker has withdrawn this code. Do not rely on it.
kiosk-says-recalled = The maker has recalled these goods. Do not use them.
kiosk-says-not-issued = Nobody has issued this code here. Do not rely on this label, and show it to the staff.
kiosk-recall = The recall
kiosk-why = Why
kiosk-maker-verified = Identity verified
kiosk-maker-unverified = Identity not verified
kiosk-field-number = Number
kiosk-field-specification = Size
kiosk-field-lot = Lot
kiosk-field-produced = Produced
kiosk-field-expires = Use by
kiosk-reason-first-reading = Nobody has looked at this code before.
kiosk-reason-same-device = This code was read at this kiosk before, and nowhere else.
kiosk-earlier-none = No earlier reading.
kiosk-earlier-some = Phones and kiosks that read it before: { $count }. First on { $at }.
kiosk-card-recall = Recall
kiosk-card-contents = Inside
kiosk-card-goods = Goods
kiosk-card-why = Why
kiosk-contents-agrees = Label and contents agree
kiosk-contents-agrees-text = What the data centre knows inside is what the label lists. Open the package and compare the numbers.
kiosk-contents-planned = The label agrees with the maker’s plan
kiosk-contents-planned-text = Nobody has recorded the packing; this is what the maker planned. Open the package and compare the numbers.
kiosk-contents-differs = Label and contents differ
kiosk-contents-differs-text = The package may have been opened, or the label changed. If it looks untouched, show it to the staff.
kiosk-contents-gone = { $count } on the label are not inside any more.
kiosk-contents-added = { $count } inside are not on the label.
kiosk-contents-empty = Recorded as empty
kiosk-contents-empty-text = Everything was taken out, say the records. If the package is still sealed, show it to the staff.
kiosk-contents-unlisted = What is inside
kiosk-contents-unlisted-text = The label does not list the contents, so there is nothing to compare. Open the package and compare the numbers.
kiosk-contents-says-label = The label says
kiosk-contents-says-inside = Inside now
kiosk-contents-says-plan = Planned
kiosk-contents-units = { $count } units
kiosk-contents-compare = Compare the numbers
kiosk-claim = What the label says
kiosk-claim-text = The label says so, nobody else yet. What is inside now is known when the network is back; the numbers on the goods can be compared at once.
kiosk-claim-from = The numbers begin with { $number }. The label says so, nobody else yet: what is inside now is known when the network is back.
kiosk-numbers = Compare the numbers
kiosk-numbers-text = Under the code of each item: the six characters behind the first group are its number.
kiosk-numbers-shown = { $from }–{ $to } of { $count }
kiosk-numbers-before = Back
kiosk-numbers-after = More
kiosk-numbers-back = The answer
kiosk-numbers-inside = not on the label
kiosk-numbers-label = not inside
kiosk-numbers-unnamed = { $count } more are not named.
kiosk-service = About this kiosk
kiosk-service-kiosk = This kiosk
kiosk-service-line = Data centre
kiosk-service-line-open = Connected, last heard { $at }
kiosk-service-line-dead = No connection, last heard { $at }
kiosk-service-line-revoked = The key of this kiosk was revoked, last heard { $at }
kiosk-service-never = never
kiosk-service-waiting = To be sent
kiosk-service-waiting-count = Readings: { $count }.
kiosk-service-waiting-fragile = { $count } of them in memory only: a power cut loses them.
kiosk-service-waiting-dropped = { $count } were given up, too old or too many.
kiosk-service-room = Storage
kiosk-service-room-well = Fine.
kiosk-service-room-full = The disk is full, new readings stay in memory only. Free some space.
kiosk-service-room-refused = The browser keeps nothing, readings stay in memory only. Turn off private browsing and check the profile folder.
kiosk-service-room-failed = Writing failed, new readings stay in memory only. Check the disk.
kiosk-service-room-identity = This kiosk must be enrolled again after a restart.
kiosk-service-room-cleared = The browser may clear it when the disk fills up.
kiosk-service-room-free = { $count } MB free.
kiosk-service-clock = Clock
kiosk-service-clock-right = Right
kiosk-service-clock-wrong = Wrong by { $minutes } minutes, which is corrected. Please set it.
kiosk-service-clock-unknown = Not compared with the data centre yet
kiosk-service-voice = Voice
kiosk-service-voice-none = { $language }: none on this machine; there are tones, and everything is written
kiosk-service-version = Version
kiosk-service-version-newest = { $version }
kiosk-service-version-next = { $version }; a newer one is taken when nobody is here
kiosk-service-try = Try the voice
kiosk-offline-note-unkept = No connection at the moment. Codes cannot be checked now; please try again later, or check with your phone.
kiosk-notice-foreign = This code is not ours
kiosk-notice-foreign-text = It leads to another address, which was not opened. If the package says that it can be checked here, do not trust the label.
kiosk-notice-half = Only part of a code
kiosk-notice-half-text = Please scan the whole square, or type all characters beneath it.
kiosk-notice-mistyped = The code does not add up
kiosk-notice-mistyped-text = At least one character is wrong. Please try once more.
kiosk-notice-rubbish = That is no code we know
kiosk-notice-rubbish-text = Please hold the square code flat in front of the scanner, or type the characters beneath it.
kiosk-notice-several = Two codes at once
kiosk-notice-several-text = Please hold only one code in front of the scanner.
kiosk-notice-offline = Cannot be checked now
kiosk-notice-offline-text = There is no connection. The code has the right form, but only the data centre can tell whether it is genuine. Try again later, or check it with your phone.
kiosk-notice-fault = Something went wrong
kiosk-notice-fault-text = Please try once more, or ask the staff.
kiosk-closed = Out of service
kiosk-closed-text = This kiosk cannot check codes at the moment. Please call the staff, or check the code with your phone.
kiosk-closed-enrol = Staff: enrol again
kiosk-enrol = Set up this kiosk
kiosk-enrol-text = In the console under Devices, make a kiosk for its site and type the code here. The language chosen above becomes the language of this kiosk.
kiosk-enrol-code = Code from the console
kiosk-enrol-send = Enrol
kiosk-enrol-sending = One moment …
kiosk-enrol-form = The code has 12 letters and digits.
kiosk-enrol-field = That code was made for a phone. Make a kiosk in the console.
kiosk-enrol-offline = The data centre does not answer. Check the network and try again.
kiosk-enrol-failed = The code was not taken. Make a new one in the console.
kiosk-enrol-back = Back
## console/whereabouts.py, reconciliation.py, diversions.py: where everything is, and what does not fit

console-whereabouts = Where everything is
console-whereabouts-of = Where is { $of } now?
console-whereabouts-lead = Where all units of a batch, a run, a group or a raw-material lot are now, and who holds them.
console-whereabouts-by-lot = Lot of a raw material
console-whereabouts-lot = everything made of lot { $lot }
console-whereabouts-total = { $count ->
    [one] One unit
   *[other] { $count } units
}
console-whereabouts-count = { $count ->
    [one] One unit
   *[other] { $count } units
}
console-whereabouts-unknown = Nothing recorded yet
console-whereabouts-newest = newest event { $at }
console-whereabouts-ranges = Which units
console-whereabouts-more = { $count ->
    [one] One more range
   *[other] { $count } more ranges
}
console-whereabouts-cut = There is more than is shown here.
console-whereabouts-choose = Of what?
console-whereabouts-choose-text = Open a batch, a run or a group and press “Where everything is”, or search for a raw-material lot.
console-whereabouts-none = No unit holds a raw material of this lot. Lots are compared word for word.
console-reconciliation = Reconcile
console-reconciliation-of = Run { $number }, reconciled
console-reconciliation-lead = Everything fits: no step of the chain is without the one before it.
console-reconciliation-lead-gaps = { $count ->
    [one] One thing does not fit. Look at its units next.
   *[other] { $count } things do not fit. Look at their units next.
}
console-reconciliation-readings = { $count ->
    [one] One reading
   *[other] { $count } readings
}
console-reconciliation-level = { $level }: { $count } issued
console-reconciliation-cut = There is more than is looked through: these figures are lower bounds.
step-downloaded = Downloaded
step-released = Released now
step-packed = Packed
step-read = Read by the public
step-withdrawn = Withdrawn now
step-recalled = Recalled now
console-nav-diversions = Out of region
console-diversions-lead = Where your goods were read outside the sales region of their shipment. That says nothing against the goods: people travel.
console-diversions-empty = Nothing out of region
console-diversions-empty-text = Name a sales region when you ship: what is read outside of it is listed here.
console-diversion-away = { $km } km outside
console-diversion-meant = Meant for { $region }
console-diversion-shipment = Its shipment
console-diversion-km = km outside

# Files of events.
console-upload-title = Upload events
console-upload-lead = Send what other systems recorded, as a table or as JSON. Each event is stored whole and once, and each row is answered.
console-upload-step = Choose a file
console-upload-file = File
console-upload-file-hint = CSV, or JSON in our own form or in EPCIS 2.0; at most { $events } events and { $megabytes } MB. A table has at most 16 MB.
console-upload-send = Upload
console-upload-template = Template
console-upload-template-text = An empty table with the right headings. Fill it in from its second row on; one row is one event.
console-upload-template-take = Download template (CSV)
console-upload-columns = What the columns mean
console-upload-json = JSON is what programs send: a list of events, an object with the list “events”, or an EPCISDocument.
console-upload-before = Earlier files
console-upload-failed = Nothing of this file was taken in.
console-upload-stopped = The rest of this file was not taken in. Send it again: nothing is stored twice.
console-upload-reading = The file is being read. You may leave this page.
console-upload-progress = { $done } of { $total } rows are answered. You may leave this page.
console-upload-judging = All rows are answered. Each event is now held against the others of its units. You may leave this page.
console-upload-stored = Stored
console-upload-repeated = Known already
console-upload-flagged = Stored, with a contradiction
console-upload-refused = Refused
console-upload-legend = What is known already was not stored twice, so a file may be sent again after every doubt. What contradicts other events is stored and flagged.
console-upload-all = Answers to all rows (CSV)
console-upload-problems = Only rows with a problem (CSV)
console-upload-problems-title = Rows with a problem
console-upload-cut = Only the first { $count } are listed; the download has all.
console-upload-row = Row
console-upload-outcome = What became of it
console-upload-column = Column
console-upload-reason = Why
console-upload-code = Code
console-upload-id = Event
console-upload-column-kind = Kind
console-upload-column-at = Time
console-upload-column-units = Units
console-upload-column-container = Container
console-upload-column-plan = Packed as planned
console-upload-column-site = Site
console-upload-column-partner = Partner
console-upload-column-territory = Sales region
console-upload-column-carrier = Carrier
console-upload-column-vehicle = Vehicle
console-upload-column-document = Document
console-upload-column-notes = Notes
console-upload-column-id = Event id
console-upload-hint-kind = What happened, in words as on our pages or as in EPCIS: shipping, receiving, packing …
console-upload-hint-at = Date and time, such as 2026-03-14 17:30; on your organisation’s clocks unless it says otherwise (2026-03-14T17:30+08:00).
console-upload-hint-units = Codes or printed addresses, parted by blanks; or ranges such as 12/1/0-39: run 12, level 1, the 40 units from 0 to 39.
console-upload-hint-container = What they went into or came out of: one code. When everything came out, leave the units empty.
console-upload-hint-plan = A range of containers that were packed as planned.
console-upload-hint-site = Name or GLN of one of your sites.
console-upload-hint-partner = Name or code prefix of the organisation they go to or come from.
console-upload-hint-territory = Name of one of your sales regions, for shipments.
console-upload-hint-carrier = Who carries them.
console-upload-hint-vehicle = Plate, vessel or flight.
console-upload-hint-document = Number of a delivery note or order.
console-upload-hint-notes = Whatever else there is to say.
console-upload-hint-id = A UUID of your own; leave it empty and the row itself makes one.
error-upload-broken = The file cannot be read on after { $count ->
    [0] its beginning
    [one] the first event
   *[other] { $count } events
}.
error-upload-no-events = There are no events in this file.
error-upload-type-unknown = This is neither a table in CSV nor JSON. Save a spreadsheet as CSV.
error-upload-column-unknown = The heading “{ $name }” is unknown or comes twice.
error-upload-column-missing = The column “{ $name }” is missing.
error-upload-cells-too-many = The row has more cells than there are headings ({ $count }).
error-upload-name-ambiguous = { $count } of yours are called “{ $name }”. Use its GLN, prefix or id.
## Supervision (services/remits, services/registry, services/following, console/registry)

error-remit-needs-authority = Only an authority has a remit. Give the organisation a key in the role regulator first.
error-region-code-unknown = “{ $given }” is no code of a province, prefecture or county (GB/T 2260), or not one of your remit.
error-region-needs-areas = Of { $given } we know neither name nor place. Give a name, and at least one circle in which it lies.
error-region-areas-known = Where province { $given } lies is known: give its two digits alone. A part of it has a code of four or six digits.
error-region-repeated = { $given } is given twice, and not alike. Give it once, with all its circles.
error-remit-category = These goods are outside your authority’s remit: it answers for { $categories }.
error-remit-region = These goods are outside your authority’s remit: it answers for { $regions }. If you are there with the goods, record the finding with the place where you are.
error-remit-place = This place is outside your authority’s remit: it answers for { $regions }.
error-search-without-letters = Type at least one letter or digit.
audit-diversion-export = Readings out of region exported
audit-event-look = Event looked at by an authority
audit-inspection-answer = Finding answered
audit-inspection-close = Finding closed
audit-inspection-export = Findings exported
audit-inspection-reopen = Finding opened again
audit-organisation-look = Enterprise looked at by an authority
audit-product-look = Product looked at by an authority
audit-remit-set = Remit of an authority set
told-remit-set = Set what { $organisation } answers for. It holds from the next request on.
told-remit-open = { $organisation } answers for everything, in the whole country.
error-finding-not-found = There is no such finding.
error-finding-closed = This finding is closed already.
error-finding-open = This finding is open already.
error-finding-not-followed = There is nothing to follow here: the result asks for nothing, or the finding was declared in error.
error-finding-not-own = Only the authority that recorded a finding can close it or open it again.
error-finding-notes-too-many = A finding has at most { $max } notes.
console-nav-registry = Enterprises and products
console-registry-lead = Search what is registered across all enterprises, within your authority’s remit. Opening a product or an enterprise is on record with you and with it.
console-registry-text = What you look for
console-registry-text-hint = A name in Chinese or English, a GTIN, a credit code, or a code from a label.
console-registry-kind = Search
console-registry-products = Products
console-registry-enterprises = Enterprises
console-registry-region = Region
console-registry-anywhere = Anywhere
console-registry-found-products = Products found
console-registry-found-enterprises = Enterprises found
console-registry-none = Within your remit nothing fits all of what you asked for. English words are found by their beginnings, Chinese ones by any part.
console-registry-cut = More match than are looked through. Add a word, a category or a region.
console-registry-product-lead = As its enterprise registered it. How much was issued and sold is not shown here.
console-registry-enterprise-lead = As it registered itself, with its products within your remit.
console-registry-registered = As registered
console-registry-enterprise = Enterprise
console-registry-since = Registered since
console-registry-seat = Place of registration
console-registry-follow = Findings to follow
console-registry-findings = Findings of all authorities
console-registry-findings-none = No authority has recorded a finding on this product.
console-registry-batches-none = No batch of it is registered.
console-registry-products-none = No product of it is within your remit.
console-registry-doubts = Suspicious readings
console-registry-doubts-hint = How often codes of this product were read with a warning in the last { $days } days, by region of your remit.
console-registry-doubts-places = The map in words
console-registry-doubts-none = None.
console-registry-elsewhere = Elsewhere, or without a place
console-registry-recall = Recalled since { $since }: { $reason }
console-registry-recall-part = Part of it recalled since { $since }: { $reason }
console-remit-title = Your authority’s remit
console-remit-regions = Regions: { $names }.
console-remit-everywhere = The whole country.
console-remit-categories = Categories: { $names }.
console-remit-everything = All categories.
console-remit-line = { $regions } { $categories }
console-remit-who = Set by whoever runs the data centre.
console-remit-comma = {", "}
console-remit-of = Remit
console-remit-of-hint = The authority finds, sees and judges only goods of these regions and categories; goods that say no category, or of which nobody knows where they belong, are always among them.
console-remit-national = Without limits: the whole country, all goods.
console-remit-edit = Set the remit
console-remit-withdraw = Lift all limits
console-remit-lead = { $name }: tick its regions and name the categories of goods. With nothing filled in it answers for everything, in the whole country.
console-remit-provinces = Provinces
console-remit-provinces-and-parts = Regions
console-remit-provinces-hint = None ticked, and nothing below: the whole country.
console-remit-parts = Prefectures and counties
console-remit-parts-hint = For an authority of a part of a province. We know only where provinces are, so say with circles where the part is.
console-remit-part = Part { $number }
console-remit-code = Division code
console-remit-code-hint = Four or six digits of GB/T 2260, as 3211.
console-remit-circles = Where it is
console-remit-circles-hint = Latitude, longitude, kilometres, as 32.2, 119.4, 40; more circles after semicolons.
console-remit-kinds = Categories of goods
console-remit-kinds-hint = One a line, as makers write them. Left empty: all categories.
console-remit-save = Save the remit
console-remit-set = Set what { $name } answers for. It holds from the next request on.
console-remit-kept = Somebody else set another remit meanwhile: it is shown below. No limit of { $name } was lifted.
console-remit-withdrawn = { $name } answers for everything now, in the whole country.
error-circles-malformed = “{ $given }” is not latitude, longitude, kilometres, as 32.2, 119.4, 40.
console-nav-organisations = Organisations
console-organisations-lead = Every enterprise and authority of this data centre: let them in, verify who they are, and say what authorities answer for.
console-organisations-filter = Name, credit code or prefix
console-organisation-lead = { $roles }, since { $at }.
console-organisation-identity = Identity
console-organisation-identity-hint = Compare it with the business licence or the founding act. Consumers then read “Identity verified”, and see logo and colour.
console-organisation-since = since { $at }
console-organisation-verify = Confirm the identity
console-organisation-unverify = No longer vouch for it
console-organisation-verified = The identity of { $name } is verified.
console-organisation-unverified = No longer vouching for the identity of { $name }.
console-admission = New organisation
console-admission-lead = An enterprise or authority that is to work with this data centre. Its code prefix is drawn for it.
console-admission-who = Who it is
console-admission-name-hint = As consumers know it.
console-admission-legal-name-hint = As on its business licence.
console-admission-roles = What it does
console-admission-roles-hint = At least one. Of several, its people act in the one that allows most.
console-admission-papers = On its papers
console-admission-papers-hint = It can fill this in itself as well. Either way it stays unverified until you confirm the identity.
console-admission-contact = Contact and clock
console-admission-zone-hint = Its days end by these clocks, for example Asia/Shanghai.
console-admission-create = Let it in
console-admission-done = { $name } is in. Now let its first person in.
console-admission-nobody = Nobody can sign in yet
console-admission-people = { $count ->
    [one] { $owners ->
        [0] One person can sign in, who is no owner.
       *[other] One person can sign in: an owner.
    }
   *[other] { $count } people can sign in, { $owners ->
        [0] none of them an owner.
        [one] one of them an owner.
       *[other] { $owners } of them owners.
    }
}
console-admission-people-hint = Its owners let in all others themselves. Whom you let in stands in their trail, too.
console-admission-invite-first = Let the first person in
console-admission-invite = Let somebody in
console-admission-invite-lead = Somebody who then signs in for { $name }. An owner can let in all others.
console-admission-invite-now = Let in and show the password
console-task-organisations = Verify organisations
    .text = Let enterprises and authorities in, check who has joined, and say for which regions and goods each authority answers.
    .button = See the organisations
console-findings-filter = Choose findings
console-findings-any = Any
console-findings-open = State
console-findings-open-all = Any
console-findings-open-yes = To be followed
console-findings-open-no = Closed
console-findings-region = Found in
console-findings-about = Only of { $name }.
console-findings-about-all = Show all
console-findings-all = Show all findings
console-findings-none = No finding fits what you chose.
console-findings-more = { $count ->
    [one] { $units } and one more range
   *[other] { $units } and { $count } more ranges
 }
console-findings-csv-at = Time ({ $zone })
console-findings-csv-result = Result
console-findings-csv-open = State
console-findings-csv-open-yes = Open
console-findings-csv-open-no = Closed
console-findings-csv-open-declared = Declared in error
console-findings-csv-authority = Authority
console-findings-csv-owners = Enterprise
console-findings-csv-product = Product
console-findings-csv-number = Product number
console-findings-csv-units = Units (run/level/first-last)
console-findings-csv-site = Place
console-findings-csv-document = Document
console-findings-csv-notes = Notes
console-findings-csv-id = Id
console-finding-open = Open
console-finding-closed = Closed
console-finding-closed-at = Closed since
console-finding-preview = Check before recording
console-finding-preview-lead = Nothing is recorded yet. Compare these goods with those in front of you.
console-finding-goods = What it is about
console-finding-goods-cut = There are more ranges than are shown here.
console-finding-owner = Belongs to { $name }
console-finding-recalled = Recalled
console-finding-now = Record the finding
console-following-event = The event
console-following-since = What came of it
console-following-nothing = Nothing so far: no answer, recall or withdrawal of these units is on record.
console-following-more = { $count ->
    [one] One more range is not shown.
   *[other] { $count } more ranges are not shown.
 }
console-following-answer = Answered
console-following-close = Closed by the authority
console-following-reopen = Opened again by the authority
console-following-recalled = Recalled: { $units }
console-following-withdrawn = Withdrawn: { $units }
console-following-whole-batch = the whole batch
console-following-lifted = lifted { $at }
console-following-text = Text
console-following-answer-now = Send the answer
console-following-answer-hint = What you did or will do. The authority reads it; consumers do not.
console-following-close-now = Close the finding
console-following-close-hint = Why there is nothing more to follow. The owner of the goods reads it.
console-following-reopen-now = Open it again
console-following-reopen-hint = Why. The owner of the goods reads it.
console-following-answer-done = Your answer is with the authority.
console-following-close-done = The finding is closed.
console-following-reopen-done = The finding is open again.
console-following-others = Other findings on the same units
