# SPDX-License-Identifier: Apache-2.0
# 简体中文。说人话，说短句；只说我们知道的，不多说一分。

## 语言本身

language-tag = zh-Hans
language-name = 中文
language-locale = zh_CN
instant = { $day } { $time }
instant-in-zone = { $instant }（{ $zone }）
place = { $latitude }、{ $longitude }
place-north = 北纬 { $degrees }°
place-south = 南纬 { $degrees }°
place-east = 东经 { $degrees }°
place-west = 西经 { $degrees }°

## 页面框架

brand = 真源
brand-title = { $title } · 真源
skip-to-answer = 直接看结论
language-switch = 语言
checked-at = 查验于 { $at }
footer-domain = 请认准网址 { $host }，只有这里的结论有效。标签可以仿印，页面也可以仿造，看一眼地址栏最稳妥。
footer-privacy = 无需注册，不要手机号，没有广告。我们只用 Cookie 区分不同的手机，不保存姓名，也不保存原始网络地址。
footer-home = 再查一个
footer-console = 企业入口
button-type = 手工输入
read-code = 我们读到的是：
read-mistyped = 最后一位与前面对不上，至少有一个字符不对。

## 结论：标题、一句话、接下来怎么做

verdict-genuine = 正品
    .sentence = 这个防伪码由{ $organisation }为这件商品签发，目前没有发现疑点。
    .sentence-group = 这个防伪码由{ $organisation }为这个包装签发，目前没有发现疑点。
    .step-1 = 把本页的编号和码下面印的对一对。
    .step-2 = 看看封口和包装是否完好。防伪码说明码的来历，包装有没有被动过，要靠您的眼睛。
verdict-unverified = 正品码，企业未核验
    .sentence = 这个防伪码由{ $organisation }签发，目前没有发现疑点。但这家企业是谁，还没有人核验过。
    .step-1 = 把本页的编号和码下面印的对一对。
    .step-2 = 认识这家企业吗？在相信这张标签之前，先从包装以外的渠道查证一下它的名称。
verdict-expired = 已过期
    .sentence = 这个防伪码由{ $organisation }签发，但商品已经过了保质期。
    .step-1 = 请不要使用。
    .step-2 = 向购买的商家出示本页，要求退换。
verdict-caution = 请留意
    .sentence = 这个防伪码由{ $organisation }签发，不过有一点需要您多看一眼。
    .step-1 = 把本页的编号和码下面印的对一对。
    .step-2 = 如果买的是新品，包装却像拆过或重新粘过，请先问过企业再使用。
verdict-suspect = 存疑
    .sentence = 这个防伪码由{ $organisation }签发，但后来的查验记录不像出自同一件商品，码可能被人复制过。
    .step-1 = 弄清楚之前，先不要使用。
    .step-2 = 留好包装和购物凭证，拍照存下来。
    .step-3 = 把本页的编号告诉企业。
verdict-not-released = 尚未放行
    .sentence = 这个防伪码由{ $organisation }签发，但对应的商品还没有放行上市。
    .step-1 = 先不要购买，也不要使用。
    .step-2 = 可以问问企业：也许只是登记晚了，也许货提前流了出来。
verdict-withdrawn = 此码已作废
    .sentence = { $organisation }已将这个防伪码作废，市面上的商品不应再带有它。
    .step-1 = 请不要购买或使用。
    .step-2 = 问清卖家货从哪里来，并告诉企业。
verdict-recalled = 已召回
    .sentence = { $organisation }已召回这件商品，请立即停止使用。
    .step-1 = 立即停用，放到别人拿不到的地方。
    .step-2 = 留好包装，联系企业处理。
verdict-not-issued = 没有查到
    .sentence = 数据中心没有签发过这个码。仅凭这一点，还不能断定商品的真假。
    .step-1 = 如果是手工输入的，请再核对一遍，错一个字符就查不到。
    .step-2 = 如果是扫码来的，看看标签是否完整，是不是这件商品自己的标签。
    .step-3 = 还是查不到，就不要相信这张标签：请卖家换一件，或者到别处购买。
    .step-4 = 联系企业时，用您自己知道的电话，不要用这个包装上印的。

## 理由，每条一句，按判定规则的代码

reason-not-issued = 数据中心没有任何企业签发过这个码。
reason-recalled = 自 { $at } 起召回。
reason-withdrawn = 企业已于 { $at } 作废此码。
reason-not-released = 还没有这件商品的放行记录。
reason-far-apart = { $minutes } 分钟之内，有人在相距 { $km } 公里的两地查验过它，没有什么能走这么快。
reason-far-apart-reported = { $minutes } 分钟之内，两部手机报告的位置相距 { $km } 公里。手机定位可能出错，被复制的码也会同时出现在两地。
reason-read-before-release = 早在放行之前，{ $at } 就有别的手机查过它。
reason-many-devices = 已有 { $devices } 部别的手机查过这个码。商店、送礼都有可能，被人复制也有可能。
reason-expired = 保质期到 { $on } 为止。
reason-same-device = 之前只有您这部手机查过。
reason-first-reading = 您是第一个查验的人。
reason-few-devices = 在您之前有 { $devices } 部别的手机查过。家人、店员、送礼的人都可能查，属于正常情况。
reason-organisation-unverified = 这家企业的身份还没有人核验过。

## 页面内容

section-product = 商品
section-unit = 您手上的这一件
section-unit-group = 您面前的这一个包装
section-batch = 批次
section-materials = 原料
section-readings = 在您之前
section-now = 接下来怎么做
section-recall = 召回信息
section-doubt = 有疑问？
section-contents = 里面有什么

field-organisation = 签发企业
field-gtin = 商品条码
field-specification = 规格
field-category = 类别
field-number = 编号
field-lot = 批号
field-produced = 生产日期
field-expires = 保质期至
field-place = 产地
field-line = 生产线
field-material = 原料
field-supplier = 供应商
field-material-lot = 批号
field-first-reading = 首次查验
field-phones = 查验过的手机
field-this-reading = 本次
field-level = 包装类型
field-count = 内装数量
field-recall-reason = 原因
field-recall-instruction = 怎么办
field-recall-contact = 联系方式
field-recall-since = 生效时间
field-phone = 电话
field-website = 网站

organisation-verified = 身份已核验
organisation-unverified = 身份未核验
organisation-unverified-note = 任何人都可能用这个名称登记，目前还没有人核验过。

unit-hint = 商品上印的防伪码里，同样的位置也应是这六个字符：
unit-hint-group = 包装上印的防伪码里，同样的位置也应是这六个字符：
unit-pattern-label = 编号在所印防伪码中的位置：前四个字符之后。
unit-differs = 对不上，就不要相信这张标签。旁边另一件也是这个编号，那么两件里几乎必有一件是复制的。

readings-first = 还没有别的手机查过。
readings-again = 之前只有您这部手机查过。
readings-others = 在您之前，有 { $count } 部别的手机查过。
readings-also-you = 您这部也查过。
readings-two = { $first }{ $second }
readings-now = { $at }，{ $who }
readings-at-place = { $at }，{ $place }附近
readings-you = 您的手机
readings-not-counted = 本次查验没有计数：它来自已登录的合作单位或自动预览。
readings-meaning = 我们数的是手机，不是次数：您再打开多少遍，结论都不会变。

doubt-contact = 直接问{ $organisation }：
doubt-no-contact = { $organisation }没有在这里留下联系方式。请问卖家，并留好包装和购物凭证。

level-0 = 单件
level-1 = 箱
level-2 = 托盘
level-3 = 集装箱
contents-title = { $level }，{ $items }
contents-items = 内装 { $count } 件
contents-children = 分装在 { $count } 个下一级包装里（{ $level }）。
contents-numbers = 装箱时登记的编号。开箱后可以逐个对照。
contents-more = ……还有 { $count } 个。
contents-claim-agrees = 标签上印的清单与登记一致。
contents-claim-differs = 标签上印的清单与登记不一致。
contents-missing = 登记里有、标签上没有：{ $numbers }
contents-extra = 标签上有、登记里没有：{ $numbers }

## 首页

home-title = 查防伪码
home-headline = 是真的吗？查一查
home-lead = 扫描或拍下方形码，也可以输入下面印的那串字符。我们会和企业登记的信息对照，把知道的都告诉您。
home-label = 标签上的防伪码
home-placeholder = ABCD-EFGH-…
home-help = 大小写、空格都不要紧，也可以粘贴整条网址。
home-button = 查验
home-where = 码印在哪里？
home-where-text = 在方形码的下方，四个一组。码里没有字母 O、I、L、U；把 0 输成 O 也没关系，我们认得。
home-where-picture = 标签示意：方形码，下面是四个一组的防伪码。
home-privacy = 除此之外，我们什么都不问。
home-state-empty = 字母和数字，四个一组。
home-state-more = 还差 { $count } 个字符。
home-state-good = 输入完整，没有错字。
home-state-bad = 有字符输错了，请核对。
home-state-group = 有字符输错了。请看第 { $group } 组：{ $found } 会不会是 { $wanted }？
home-state-swap = 有字符输错了。请看第 { $group } 组：{ $found } 会不会是 { $wanted }，前后颠倒了？
home-state-character = 防伪码里不会出现 { $found }。
home-state-long = 比我们的防伪码长了，请核对。
home-state-address = 这是一条网址，点按钮查看结论。

## 没有结论时的说明

message-400 = 这个码读不懂
    .sentence = 网址不是我们的防伪码，可能缺了一段。
    .step-1 = 请重新扫码，把整个方形码拍进画面。
    .step-2 = 也可以手工输入码下面印的字符。
message-404 = 这里没有内容
    .sentence = 这个网址没有对应的页面，它不说明任何商品的真假。
    .step-1 = 请重新扫码，或手工输入码下面印的字符。
message-405 = 打开方式不对
    .sentence = 这个网址只能查看，不能提交。
    .step-1 = 请重新扫码，或手工输入码下面印的字符。
message-429 = 请稍等
    .sentence = 您所在的网络刚刚查了太多不存在的码，需要暂停片刻。真正签发过的码随时可查，不受影响。
    .step-1 = 请等 { $seconds } 秒再试。
    .step-2 = 从 Wi-Fi 切换到移动网络也可以。
message-500 = 我们出错了
    .sentence = 故障出在我们这边，不说明商品有任何问题。故障已记录在案。
    .step-1 = 请过一会儿再试。
message-503 = 马上回来
    .sentence = 数据中心正忙，暂时没能回答您。这不说明商品有任何问题。
    .step-1 = 请在 { $seconds } 秒后再试。
message-retry = 再试一次

## 设置与启动（settings, app, cli）

error-setting-invalid = 当前设置为 { $value }，应为 { $expected }。
error-setting-unknown = 没有这项设置。可用的设置有：{ $names }。
error-setting-given-twice = 此项设置给了两次：这里一次，{ $other } 一次。请只保留一个。
error-setting-file-unreadable = 文件 { $file } 无法使用：{ $why }。
error-workers-need-postgresql = SQLite 只能有一个写入进程，多个工作进程需要 PostgreSQL：请给出 --database postgresql://…，或去掉 --workers。

## GTIN、SSCC 与 GS1 文本（domain/gs1）

error-gtin-malformed = “{ $given }”不是 GTIN。GTIN（商品条码）是 8、12、13 或 14 位数字。
error-gtin-check-digit = GTIN { $given } 的末位是 { $digit }，按其余数字应为 { $expected }，其中有一位写错了。
error-gs1-length = 共 { $length } 个字符；允许 1 到 { $max } 个。
error-gs1-characters = 第 { $position } 个字符“{ $character }”不符合 GS1 规定。可用字母、数字以及 ! " % & ' ( ) * + , - . / : ; < = > ? _ 。
error-company-prefix-malformed = “{ $given }”不是 GS1 厂商识别代码。应为 { $min } 到 { $max } 位数字。
error-company-prefix-restricted = 代码 { $given } 仅供企业内部使用，不代表任何厂商。请填写 GS1（物品编码中心）分配给您的厂商识别代码。
error-sscc-malformed = “{ $given }”不是 SSCC。SSCC 是 18 位数字。
error-sscc-check-digit = SSCC { $given } 的末位应为 { $expected }，其中有一位写错了。

## 密钥（domain/keys）

error-master-key-malformed = 主密钥应为 { $bytes } 个随机字节，写成 base64 或十六进制。
error-master-key-wrong = 此主密钥打不开这个数据库里的密钥。请用建立这些数据时的主密钥启动；系统不会另造新密钥。

## 编码与链接（domain/digitallink）

error-public-url-malformed = “{ $given }”不能作为网址印刷。请填写 http:// 或 https:// 加主机名，后面不要再有内容。
error-code-empty = 请输入或扫描防伪码。
error-code-too-long = 内容过长：防伪码最多 { $max } 个字符。
error-code-malformed = { $reason ->
    [character] 防伪码中不会出现字符“{ $character }”（第 { $position } 个）。防伪码只含数字和除 U 以外的字母。
   *[length] 防伪码应为 19、21 或 25 个字符，这里有 { $symbols } 个。请看看是否漏了或多了。
}
error-foreign-url = 这个网址属于 { $host }，不属于本数据中心。那里显示的不是我们的结论，我们无法作出判断。
error-serial-missing = 这个网址只写明了商品 { $gtin }，没有写明是哪一件。请扫描这一件自己的防伪码。
error-digital-link-malformed = { $reason ->
    [characters] 这个网址含有网址中不允许的字符。
    [pairs] 这个网址不完整：“{ $part }”之后缺少内容。
    [empty] 这个网址不完整：“{ $part }”之后没有内容。
    [key] 以“{ $part }”开头的网址不是我们的。
    [duplicate] 这个网址中“{ $part }”出现了两次。
    [element] 这个网址中“{ $part }”的值不符合 GS1 规定。
   *[qualifiers] 这个网址中“{ $part }”的顺序不符合 GS1 规定。
}

## 数据中心与命令行（services/installation, adapters/keyfile, cli）

error-installation-missing = { $data } 中没有数据中心。可用 `trueorigin init` 新建，或用 --data 和 --database 指明别处。
error-master-key-missing = 此数据库属于某个数据中心，但这里没有它的主密钥（{ $file }）。请从备份中恢复密钥文件；换新密钥会使已印刷的码全部作废。
error-master-key-unreadable = 主密钥文件 { $file } 无法读取：{ $why }。
error-master-key-elsewhere = 主密钥来自设置，无法在此轮换。请去掉该设置，把密钥放入数据文件夹的 master.key，轮换后再把新密钥存回原处。
error-port-in-use = 无法监听 { $host }:{ $port }：{ $why }。可换端口：--port，或在 make 时给 PORT=。
error-file-failed = { $file }：{ $why }。
error-command-failed = 命令因程序缺陷而中止（{ $kind }：{ $text }）。设置 TRUEORIGIN_LOG_LEVEL=debug 可查看详情。

## 标签与图片（qr、sheets、typesetting、pdf、barcodes）

error-symbol-too-large = 内容过长（{ $length } 个字符），二维码放不下。
error-layout-unknown = 没有这种标签版式。可选版式：{ $known }。
error-dpi-unknown = 请从以下打印机分辨率中选择：{ $known } dpi。
error-label-too-small = 二维码需要 { $needed } 毫米，而这种标签只有 { $has } 毫米。{ error-label-too-small.fits }网址越短，二维码越小。
    .fits =
        { $fits ->
            [none] 没有足够大的标签。
           *[other] 足够大的有：{ $fits }。
        }{ $design ->
            [text] 内容较少的版面 text 可以放下。
            [plain] 只印二维码和防伪码即可放下（版面 plain）。
           *[none] {""}
        }
error-label-text-too-small = 这种标签放不下可以看清的防伪码。{ error-label-too-small.fits }
error-label-texts-too-long = 这种标签放不下所选文字：批号、日期和自定义行必须完整印出。{ error-label-too-small.fits }
error-label-logo-too-small = 在这种标签上企业标志会模糊不清。{ error-label-too-small.fits }
error-design-unknown = 没有这种标签版面。可选版面：{ $known }。
error-part-unknown = 没有这种文字。可选文字：{ $known }。
error-design-without-texts = 版面 plain 只印二维码和防伪码。要印文字，请选择其他版面。
error-design-without-sscc = 版面 logistic 以 GS1-128 条码印 SSCC，而这一级没有 SSCC：单件没有；有自己 GTIN 的包装不需要；其他包装要在企业填写 GS1 厂商识别代码之后下单的码段里才有。请选择版面 text。
error-logo-missing = 贵企业还没有上传标志。请在企业页面上传，或选择不带标志的版面。
error-logo-blank = 贵企业的标志是白色的，印在标签上看不见。请上传在白纸上看得清的标志。
error-labels-too-many = 一个打印文件最多 { $limit } 枚标签，请缩小范围。
error-image-type = 请上传 JPEG、PNG 或 WebP 格式的照片。
error-image-too-large = 图片超过 { $limit } 像素，请换一张小一些的。
error-image-broken = 这张图片打不开，请重新拍摄。
advice-x-dimension-small = 二维码的小方格小于 GS1 规定的 0.396 毫米，请让每格占用更多打印点。
advice-x-dimension-large = 二维码的小方格大于 GS1 规定的 0.990 毫米，请让每格占用更少打印点。
advice-label-too-small = 二维码连同四周空白放不进这种标签，请换用更大的标签或更精细的打印机。
advice-host-long = 网址短一些，二维码就会小一些。

## `trueorigin doctor` 的检查结果（services/doctor）

doctor-python = Python { $version }
doctor-python-old = Python { $version } 过旧，需要 3.11 或更高版本。
doctor-folder-missing = 没有文件夹 { $folder }。可用 `trueorigin init` 新建数据中心，或用 --data 指明别处。
doctor-folder-read-only = { $folder } 不可写。请把它交给运行服务的用户。
doctor-folder-open = 本机其他用户可以查看 { $folder }。请运行：chmod 700
doctor-key-open = 本机其他用户可以读取主密钥 { $file }。请运行：chmod 600
doctor-disk = 剩余 { $megabytes } MB
doctor-disk-low = 仅剩 { $megabytes } MB。请在不得不拒绝查验之前腾出空间。
doctor-disk-full = 仅剩 { $megabytes } MB，随时可能无法记录查验。请立即腾出空间。
doctor-public-url = 码中印刷的网址是 { $url }
doctor-public-url-local = 码中印刷的网址是 { $url }，别人的手机打不开。印刷前请设置 TRUEORIGIN_PUBLIC_URL。
doctor-public-url-plain = 码中印刷的网址是 { $url }，没有 https：手机会告警，途中的网络可以篡改答案。
doctor-public-url-long = { $url } 的主机名有 { $length } 个字符；不超过 { $max } 个时二维码最小（版本 3-M）。
doctor-files = 标签字体和页面脚本已构建
doctor-files-missing = 缺少构建产物：{ $files }。请运行：make init
doctor-database = 数据库有应答（{ $dialect }）
doctor-schema = 数据表与本程序一致
doctor-master-key = 主密钥正确
doctor-epochs = 全部 { $count } 把防伪码密钥均可打开
doctor-epoch-lost = 企业 { $organisation } 的第 { $epoch } 期密钥打不开，其防伪码无法验证。请恢复最新备份。
doctor-durable = 答过的均已落盘
doctor-weak-settings = 断电可能丢失已作答的查验：{ $settings }。请修改数据库配置。
doctor-whole = 数据库完好
doctor-damaged = 数据库已损坏（{ $fault }）。请停止服务，并在别处恢复最新备份。
doctor-contents = 上传的文件都在（{ $count } 个）
doctor-contents-lost = 文件夹 files 中的 { $count } 个上传文件有 { $lost } 个缺失或不完整。请从备份恢复；多台机器必须共用这个文件夹。
doctor-clock = 时钟正确
doctor-clock-behind = 时钟早于 { $since }，即此数据中心的建立时间。请校正：结论取决于它。
doctor-clock-differs = 本机与数据库的时钟相差 { $seconds } 秒。请让两者都与时间服务器同步。
doctor-refused = 其余项目无法检查：

## 备份（services/backup, storage/snapshot）

error-backup-unknown = { $file } 不是 TrueOrigin 的备份，或来自更新的版本。
error-backup-damaged = { $file } 已损坏：有内容缺失或被改动。请换用其他备份。
error-place-not-empty = 备份只能恢复到空处，而 { $found } 已存在。未作任何更改。

## scanpage

error-code-incomplete = 这只是防伪码的一部分。请按标签上印的完整输入，包括最前面的四个字符和最后一个。

## 商品、发码与 JSON 接口：拒绝什么，为什么

error-several = 这个请求有 { $count } 处错误，什么也没有保存。
error-internal = 我们这边出了错，已经记录下来，请稍后再试。
error-busy = 现在很忙，请 { $seconds } 秒后再试。
error-too-many-unknown-codes = 您所在的网络查询了太多从未发出的码，请等待 { $seconds } 秒。
error-path-unknown = 这个地址下没有内容。
error-method-not-allowed = 这个地址不支持该方法。
error-media-type-unsupported = 请以 { $expected } 格式发送内容。
error-body-malformed = 内容无法读取：与它声明的格式不符。
error-body-missing = 缺少内容。
error-body-not-object = 内容必须是一个 JSON 对象。
error-body-too-large = 内容过大：最多 { $max } 字节。
error-field-missing = 此项必填。
error-field-unknown = 这里没有此项。
error-field-malformed = 此值的格式不对。
error-field-not-text = 此项必须是文字。
error-field-not-whole = 此项必须是整数，不加引号。
error-field-not-boolean = 此项必须是 true 或 false。
error-field-not-list = 此项必须是列表。
error-field-not-object = 此项必须是对象。
error-number-too-small = 不得小于 { $min }。
error-number-too-large = 不得大于 { $max }。
error-number-not-below = 必须小于 { $limit }。
error-choice-unknown = 只能是下列之一：{ $known }。
error-id-malformed = 这不是我们的编号。
error-cursor-malformed = 请原样传回上一次答复中的 next。
error-day-malformed = 日期请写成 YYYY-MM-DD，例如 2026-03-05。
error-instant-malformed = 时间请带时区，例如 2026-03-05T08:00:00+08:00。
error-instant-implausible = 年份必须从 { $min } 年起，早于 { $max } 年。
error-date-implausible = 年份必须在 { $min } 年到 { $max } 年之间。
error-too-many = 这里最多 { $max } 个。
error-too-few = 这里至少 { $min } 个。
error-text-missing = 请填写中文或英文，或两者都填。
error-text-blank = 此项没有内容。
error-text-too-long = 文字过长：最多 { $max } 个字符。
error-text-character-refused = 第 { $position } 位的字符 { $symbol } 无法显示，请删除。
error-text-not-unicode = 文字中有半个字符，请发送完整的 Unicode 字符。
error-credential-missing = 请登录：以“Authorization: Bearer …”发送您的密钥。
error-credential-scheme = 请以“Authorization: Bearer …”发送您的密钥。
error-credential-invalid = 这个密钥不存在或已被吊销。
error-permission-missing = 您的密钥所属角色不能这样做（{ $permission }）。
error-role-not-held = 您的企业不能创建角色为 { $role } 的密钥。
error-idempotency-key-malformed = 幂等键须为 1 到 { $max } 个可见 ASCII 字符。
error-idempotency-key-reused = 这个幂等键已用于另一个请求，请换一个。
error-organisation-not-found = 没有这个企业。
error-product-not-found = 没有这个商品。
error-batch-not-found = 没有这个批次。
error-run-not-found = 没有这个码段。
error-recall-not-found = 没有这个召回。
error-api-key-not-found = 没有这个密钥。
error-device-not-found = 没有这台设备。
error-device-revoked = 这台设备已停用，请新建一台。
error-profile-not-held = 您的企业不能创建用于此项工作的设备（{ $profile }）。
error-profile-unknown = 请选择设备的用途。
error-choice-not-listed = 请从列表中选择。
error-enrolment-refused = 注册码无效：可能输错、已使用，或已超过 15 分钟。请获取新的注册码。
error-enrolment-throttled = 尝试的注册码过多，请在 { $seconds } 秒后重试。
error-organisation-name-taken = 已有企业使用这个名称。
error-organisation-prefixes-exhausted = 防伪码前缀已经用完，请联系运营方。
error-gs1-prefix-taken = 这个 GS1 厂商识别代码属于其他企业，或落在其他企业的代码之内。
error-time-zone-unknown = 请填写 IANA 时区名，例如 Asia/Shanghai。
error-website-malformed = 网址须以 http:// 或 https:// 开头。
error-product-number-missing = 请填写 GTIN 或内部编号。
error-product-number-twice = GTIN 与内部编号只填一个。
error-gtin-taken = GTIN { $value } 已被占用。
error-gtin-registered = 您已有 GTIN 为 { $value } 的商品。
error-internal-number-taken = 您已有编号为 { $value } 的商品。
error-lot-taken = 这个商品已有批号 { $value }。
error-expiry-before-production = 到期日 { $expires_on } 早于生产日期 { $produced_on }。
error-quantity-out-of-range = 一个码段有 { $min } 到 { $max } 个单元。
error-symbols-unknown = 防伪码的长度只能是：{ $known }。
error-packing-levels = 最多 { $max } 级包装：箱、托盘、集装箱。
error-packing-count = 每个包装可装 { $min } 到 { $max } 个单元。
error-group-gtins-count = 请为每级包装各给一个 GTIN 或 null，共 { $expected } 个。
error-group-gtin-variable = 以 9 开头的 GTIN 用于按重量销售的商品，不能按个数包装。
error-group-gtin-repeated = 每级包装须有自己的 GTIN；{ $gtin } 出现了两次。
error-group-gtin-is-product = { $gtin } 是单件商品的 GTIN，箱或托盘须有自己的 GTIN。
error-sscc-exhausted = 这个码段需要 { $needed } 个 SSCC，而您的 GS1 厂商识别代码只剩 { $available } 个。请为包装给出各自的 GTIN，或加大包装。
error-ordinals-exhausted = 这个密钥期可容纳 { $limit } 个码段，已经用完，请启用新的密钥期。
error-ordinal-taken = 另一个码段同时占用了这个位置，请再试一次。
error-runs-exhausted = 本数据中心可容纳 { $limit } 个码段，已经用完。
error-id-taken = 这个编号已经存在，请再试一次。
error-level-unknown = 这个码段有 0 到 { $max } 级，没有第 { $level } 级。
error-range-negative = 范围从 0 或更大的数开始。
error-range-beyond-run = 这一级有 { $quantity } 个单元，范围最多到 { $quantity } 为止。
error-range-reversed = 从 { $start } 开始的范围必须在其后结束；终点 { $to } 本身不包含在内。
error-range-twice = 一个范围与范围列表只给一种。
error-ranges-overlap = 其中两个范围在第 { $level } 级都包含从 { $start } 到 { $to }（不含）的单元。
error-range-released-already = 第 { $level } 级从 { $start } 到 { $to }（不含）的单元届时已经放行。
error-range-withdrawn-already = 第 { $level } 级从 { $start } 到 { $to }（不含）的单元届时已经撤销。
error-recall-subject = 请召回一个批次或一个码段，二者取一。
error-recall-range-of-batch = 批次只能整批召回；要召回一部分，请指明码段。
error-verification-form = 请发送 code，或同时发送 gtin 与 serial。
error-photo-without-code = 照片里没有找到码。请靠近一些，拿稳，避开反光。
error-skip-out-of-range = 第一张最多可以空出 { $max } 个位置。
error-labels-unreadable = 第 { $page } 页第 { $position } 个标签回读失败，这个文件不予提供。已经记录。
label-lot = 批号 { $lot }
label-expires = 有效期至 { $day }
label-produced = 生产日期 { $day }
label-group = { $level }，每个装 { $count }
label-group-items = { $level }，装 { $count } { $inner }，共 { $items } 件
label-sender = 发货方：{ $name }

## 演示（cli/demonstration）

error-demo-place-used = { $data } 中的数据中心不是演示。请给演示单独的文件夹：make 时用 DATA=，或用 --data。
demo-title = 真源演示：两家虚构的企业。首页：{ $url }
demo-genuine = 正品：在售的一瓶，还没有人查过
demo-not-released = 未上市：码已生成，货还没有出厂
demo-forged = 伪造：把正品的码改了一个字符
demo-recalled = 已召回：被召回批次中的一瓶
demo-copied = 被复制：六个城市的九部手机查过同一瓶
demo-expired = 已过期：超过最后使用日的种子
demo-case = 一箱 24 瓶，箱码带有箱内各瓶的编号
demo-journey = 已售出：这瓶酒从酒窖、承运、经销到买家的全程都有记录
demo-sealed = 已查封：这瓶酒所在的托盘被市场监管部门查封
demo-destroyed = 已销毁：整箱记录为摔毁，却有人手里还有它
demo-pallet = 仓库里的一个托盘，共 40 箱
demo-labels = 可打印的标签：{ $file }
demo-people = 企业控制台：{ $url }，用邮箱和密码登录：
demo-keys = 登录密钥（JSON 接口，以 “Authorization: Bearer 密钥” 发送）：
demo-api = JSON 接口的自述文档：{ $url }
demo-stop = 按 Ctrl+C 停止；再次 `make demo` 时，一切都在。

## 导出防伪码（services/exporting）

error-export-of-another = { $file } 由另一次导出开始，未作改动。请将其删除，或另选文件。

## 数据库（storage）

error-changed-meanwhile = 别人在同一时刻修改了同一内容。请重新查看，再做仍需要做的操作。
error-database-busy = 数据库正忙，请稍后再试。
error-database-damaged = 数据库已损坏。请停止程序并恢复备份。
error-database-full = 数据库所在磁盘已满，什么都没有保存。请腾出空间。
error-database-not-empty = 备份只能恢复到空数据库；表 { $table } 中已有数据。
error-database-too-old = 需要 PostgreSQL { $least } 或更新的版本；这台服务器是 { $found }。
error-database-unreachable = 无法连接数据库。请检查它是否在运行、地址和权限是否正确。
error-database-url-invalid = 请把数据库写成 postgresql://用户@主机/库名，或者不写，使用数据文件夹中的文件。
error-epoch-exists = 这个密钥期已经存在，请再试一次。
error-installation-exists = 这个数据库已经属于一个数据中心。
error-organisation-prefix-taken = 防伪码前缀 { $value } 属于其他企业，请再试一次。
error-schema-differs = 数据库的结构版本是 { $found }，而本程序使用 { $expected }。请使用相符的程序，或用较新的程序运行“trueorigin init”。
error-schema-missing = 数据库中还没有真源的数据。请先运行“trueorigin init”。
error-snapshot-damaged = 这个备份在“{ $table }”处已损坏，什么都没有恢复。
error-snapshot-unknown = 这不是真源的备份，或者属于其他版本。

## 控制台：框架、登录与提示

console-skip = 跳到正文
console-menu = 菜单
console-search-label = 搜索商品、批次、码段或防伪码
console-search-placeholder = 商品、批号、码段或防伪码
console-search-button = 搜索
console-sign-in = 登录
console-sign-in-lead = 企业入口：登记商品与批次，订制防伪码，掌握每一次扫码。
console-sign-in-button = 登录
console-sign-in-forgotten = 忘记密码？贵企业的所有者，或本数据中心的管理者，可以为您重新设置。
console-sign-out = 退出登录
console-field-email = 电子邮箱
console-field-password = 密码
console-footer = 您正在 { $host } 上工作。请勿在其他网址登录。
console-form-optional = 选填
console-form-cancel = 取消
console-form-save = 保存
console-form-file-choose = 选择文件
console-form-files-choose = 选择文件
console-form-file-none = 尚未选择
console-form-problems = 请检查以下各项：
console-pager = 更多条目
console-pager-next = 下一页
console-pager-first = 回到开头
console-nav-home = 首页
console-nav-products = 商品
console-nav-batches = 批次
console-nav-enterprise = 企业信息
console-nav-people = 人员
console-nav-keys = API 密钥
console-message-400 = 无法理解这个请求
console-message-401 = 您已不在登录状态
console-message-403 = 没有权限
console-message-404 = 这里什么也没有
console-message-405 = 此处不支持这样操作
console-message-409 = 有人抢先了一步
console-message-413 = 内容过大
console-message-415 = 不支持这种文件
console-message-422 = 有些内容不符合要求
console-message-429 = 操作太快
console-message-500 = 是我们出了错
console-message-503 = 系统正忙
error-session-ended = 您的登录已经结束。请在另一个标签页重新登录，再回到这里提交：您填写的内容还在。
error-owner-needed = 只有贵企业的所有者可以这样做。
error-form-foreign = 这份表单不是从本站页面提交的，因此没有作任何更改。
error-form-stale = 这份表单属于之前的登录，因此没有作任何更改。请返回并刷新页面后重新提交。
error-date-malformed = 日期请写成 年-月-日，例如 2026-03-14。
error-number-malformed = 请只用数字填写一个整数。

## 控制台：首页

console-home-title = 接下来做什么
console-task-product = 登记第一个商品
    .text = 消费者看到的一切都在商品里：名称、编号、图片。批次和防伪码都属于某个商品。
    .button = 登记商品
console-task-batch = 登记批次
    .text = 批次是商品的一个批号，带有日期和来源。防伪码按批次订制。
    .button = 登记批次
console-task-run = 订制防伪码
    .text = 每件商品、每箱、每托盘都有自己的码。此时还不会印刷。
    .button = 订制防伪码
console-task-codes = 为批号 { $lot } 订制防伪码
    .text = { $product }：批次已登记，但还没有防伪码。
    .button = 订制防伪码
console-task-release = 放行码段 { $number }
    .text = { $product }，批号 { $lot }：放行之前，消费者看到的是“尚未放行”。
    .button = 查看码段
console-task-suspicious = { $count } 次扫码存在疑点
    .text = 最近一周，有人扫码时收到警示：已召回、已作废、尚未放行，或被太多手机扫过。
    .button = 查看
console-task-enterprise = 完善企业信息
    .text = 消费者会想看：{ $names }。
    .button = 去完善
console-task-none = 没有待办事项
    .text = 登记的批次都有防伪码，也都已放行。
    .button = 查看扫码情况
console-home-week = 最近 { $days } 天
console-home-readings = 扫码次数
console-home-devices = 手机数（按每件商品计）
console-home-suspicious = 存疑次数
console-home-insight = 查看这些数字的来历

## People and signing in (services/people)

error-sign-in-refused = 邮箱或密码不正确。
error-sign-in-throttled = 尝试次数过多，请在 { $seconds } 秒后重试。
error-email-malformed = 这不是有效的邮箱地址，正确格式如 name@company.example。
error-email-taken = 邮箱 { $value } 已有账号。
error-member-already = 此人已属于本企业。
error-password-too-short = 密码至少需要 { $min } 个字符。一句短话既好记又安全。
error-password-too-long = 密码最多 { $max } 个字符。
error-password-is-email = 密码不能与邮箱相同。
error-password-common = 这个密码太常见，容易被猜中，请换一个。
error-password-wrong = 当前密码不正确。
error-language-unknown = 不支持这种语言。
error-person-not-found = 本企业中没有此人。
error-person-elsewhere = 此人还属于另一家企业，须由数据中心的运营者办理。
error-session-not-found = 该登录会话已结束，或不属于您。
error-last-owner = 企业至少要有一位所有者。请先指定另一位所有者。
error-uscc-malformed = 统一社会信用代码为 { $length } 位，由数字和大写字母（不含 I、O、S、V、Z）组成。
error-uscc-check = 统一社会信用代码有一位输入有误：按前面的内容，末位校验码应为 { $expected }。
error-uscc-taken = 统一社会信用代码 { $value } 已属于本平台的另一家企业。
error-edited-meanwhile = 其他人已同时修改（{ $fields }）。请对照两个版本，再保存仍需要的内容。

## 控制台：商品、批次与文件

console-crumbs = 当前位置
console-edit = 编辑
console-updated = 最近更改
console-nothing = （空）
console-list-empty = 这里还没有内容
console-list-empty-text = 贵企业有人登记之后，就会列在这里。
console-list-none = 没有找到
console-list-none-text = 没有叫“{ $text }”的内容。
console-form-choose = 请选择
console-form-more-rows = 增加几行
console-conflict = 别人刚刚保存过
console-conflict-text = 在您填写期间，同事保存了另一个版本（{ $at }）。什么都没有丢失：两个版本都在这里。
console-conflict-field = 项目
console-conflict-mine = 您的版本
console-conflict-theirs = 现已保存的
console-conflict-same = 两个版本内容相同。
console-conflict-what = 下面的表单是您的版本。请把对方版本中需要保留的内容填进来，再保存：您的表单将取代现已保存的版本。
console-files-kept = 已有的文件
console-files-kept-hint = 取消勾选的文件将在保存时移除。
console-files-size = { $count } KB
console-papers-hint = PDF 或图片，每个不超过 16 MB。
console-products-lead = 消费者看到的一切都属于某个商品，其次是批次和防伪码。
console-products-filter = 名称或编号
console-product-created = “{ $name }”已登记。接下来：它的第一个批次。
console-product-saved = 已保存。消费者下次扫码时就能看到。
console-product-lead = 下一步：登记第一个批次。防伪码按批次订制。
console-product-lead-batches = 消费者扫任何一个防伪码都会看到这些内容。每个新批号都是一个批次。
console-product-form-lead = 有编号和一种语言的名称就可以开始，其余可以以后再补。
console-product-edit = 编辑商品
console-product-number = 编号
console-product-number-fixed = 编号在每个印好的防伪码里，因此不能更改。
console-product-gtin = GTIN（商品条码）
console-product-gtin-hint = 条码下方的 8、12、13 或 14 位数字，最后一位是校验码。
console-product-internal-number = 企业内部编号
console-product-internal-number-hint = 仅用于没有 GTIN 的商品：最多 20 个字母和数字。
console-product-name = 名称
console-product-name-hint = 至少填写一种语言；消费者优先看到自己的语言。
console-product-name-zh = 中文名称
console-product-name-en = 英文名称
console-product-description-zh = 中文说明
console-product-description-en = 英文说明
console-product-specification-hint = 例如：500 毫升，53 %vol。
console-product-features = 特征
console-product-features-hint = 买家会比较的内容：度数、贮存方式、成分。每行一项。
console-product-feature = 特征 { $number }
console-feature-name-zh = 特征（中文）
console-feature-value-zh = 内容（中文）
console-feature-name-en = 特征（英文）
console-feature-value-en = 内容（英文）
console-product-files = 图片与证书
console-product-pictures = 图片
console-product-pictures-add = 添加图片
console-product-pictures-hint = PNG、JPEG 或 WebP，每张不超过 16 MB。第一张显示在消费者页面最上方。
console-product-certificates = 证书
console-product-certificates-add = 添加证书
console-product-all-batches = 该商品的全部批次
console-gtin-more = GTIN 有 8、12、13 或 14 位数字。
console-gtin-digit = 还差一位：校验码应为 { $digit }。
console-gtin-good = 校验码正确。
console-gtin-wrong = 最后一位应为 { $digit }，或者其他某一位输错了。
console-batches-lead = 批次是商品的一个批号，带有日期和产地。
console-batches-of = { $product } 的批次
console-batches-filter = 批号
console-batch-title = 批号 { $lot }
console-batch-edit = 编辑批号 { $lot }
console-batch-created = 批号 { $lot } 已登记。接下来：订制防伪码。
console-batch-saved = 已保存。消费者下次扫码时就能看到。
console-batch-lead = 下一步：为这个批次订制防伪码。以下内容会显示在每个防伪码的页面上。
console-batch-lead-runs = 防伪码已订制。货物出厂时放行对应的码段；如果谁也不该再使用，就召回整个批次。
console-batch-form-lead = 有批号就可以订制防伪码；日期、来源和检验文件可以以后再补。
console-batch-recall = 召回本批次
console-batch-product = 商品
console-batch-lot-hint = 与包装上印的一致：最多 20 个字母、数字和符号，不含空格。
console-batch-lot-fixed = 商品和批号不能更改：防伪码是为它们生成的。
console-batch-expires-hint = 保质期的最后一天。
console-batch-origin = 来源
console-batch-origin-hint = 消费者扫码后可以看到。
console-batch-place-zh = 产地（中文）
console-batch-place-en = 产地（英文）
console-batch-materials = 原材料
console-batch-materials-hint = 每行一种：名称、供应商、批号。
console-batch-material = 原材料 { $number }
console-material-name = 原材料
console-material-supplier = 供应商
console-material-lot = 供应商批号
console-batch-papers = 检验文件
console-batch-papers-add = 添加文件
console-batch-needs-product = 先要有商品
console-batch-needs-product-text = 批次属于某个商品，而现在还没有商品。
console-batch-runs = 防伪码
console-run-title = 码段 { $number }
console-run-quantity = { $count } 件
error-product-missing = 请选择一个商品。

## 控制台：企业信息

console-enterprise-lead = 消费者在每个防伪码后面看到的企业信息。
console-enterprise-edit = 编辑企业信息
console-enterprise-missing = 消费者会想看以下内容，但现在还没有：
console-enterprise-identity = 企业身份
console-enterprise-name = 名称
console-enterprise-name-hint = 消费者熟悉的名称。
console-enterprise-legal-name = 法定名称
console-enterprise-legal-name-hint = 与营业执照一致。
console-enterprise-uscc = 统一社会信用代码
console-enterprise-uscc-hint = 18 位，最后一位是校验码。
console-enterprise-gs1-prefix = GS1 厂商识别代码
console-enterprise-gs1-prefix-hint = 4 至 12 位数字；用于托盘编号。
console-enterprise-prefix = 防伪码前缀
console-enterprise-contact = 联系方式
console-enterprise-contact-hint = 消费者有疑问时会看到。
console-enterprise-address = 地址
console-enterprise-email = 电子邮箱
console-enterprise-time-zone = 时区
console-enterprise-time-zone-hint = 每一天按该时区结束，例如 Asia/Shanghai。
console-enterprise-look = 标志与颜色
console-enterprise-logo = 标志
console-enterprise-logo-hint = PNG、JPEG 或 WebP，不超过 16 MB。新标志将取代旧标志。
console-enterprise-colour = 颜色
console-enterprise-colour-hint = # 加六位，例如 #10563f。留空则使用结论的颜色。
console-enterprise-colour-pick = 选择颜色
console-enterprise-preview = 预览
console-enterprise-verified-hint = 贵企业的名称、法定名称、统一社会信用代码、网站和 GS1 厂商识别代码已经核验。更改其中任何一项，都要由数据中心重新核验。
console-enterprise-saved = 已保存。消费者下次扫码时就能看到。
console-enterprise-form-lead = 请先填消费者会查看的内容：法定名称、统一社会信用代码和联系方式。
console-enterprise-look-verified = 贵企业已通过核验，消费者会在商品页面上看到标志和颜色。
console-enterprise-look-unverified = 消费者目前还看不到标志和颜色：它们比文字更容易取信于人，所以要等数据中心核验企业身份之后才显示。请联系数据中心的管理者。
console-swatch-label = { $colour } 的预览
console-swatch-ratio = 文字与底色的对比度为 { $ratio } : 1。达到 4.5 时几乎人人都能看清；我们会自动选用深色或浅色文字，确保始终清晰。
error-colour-malformed = 颜色是 # 加六位数字或 a 至 f 的字母，例如 #10563f。

## 控制台：账户、人员、API 密钥、搜索

console-account-title = 我的账户
console-account-me = 个人信息
console-account-name = 姓名
console-account-saved = 已保存。
console-account-language-browser = 跟随浏览器
console-account-organisations = 您所属的企业
console-account-this-organisation = 当前企业
console-account-switch = 切换到这里
console-account-sessions = 登录中的设备
console-account-sessions-hint = 有不认识的设备？请让它退出，并更改密码。
console-account-session-times = { $created } 登录，最近使用 { $seen }
console-account-device = 未知设备
console-account-this-session = 本机
console-account-session-end = 退出
console-account-sessions-end-others = 退出其他所有设备
console-account-session-ended = 该设备已退出。
console-account-sessions-ended = 已退出 { $count } 台其他设备。
console-account-password = 密码
console-account-password-hint = 至少 { $min } 个字符；几个连在一起的词更容易记住。其他设备都会退出登录。
console-account-old = 当前密码
console-account-new = 新密码
console-account-password-change = 更改密码
console-account-password-changed = { $count ->
    [0] 密码已更改。
   *[other] 密码已更改，并已退出 { $count } 台其他设备。
}
console-people-lead = 可以代表贵企业操作的人。每人使用自己的密码，所做的事记在本人名下。
console-people-you = （您）
console-people-since = { $day } 加入
console-people-disabled = 已被停用
console-people-change = 更改
console-people-new-password = 重设密码
console-people-remove = 移除
console-people-new = 添加人员
console-people-new-hint = 您会得到一个初始密码，请转交本人；密码只显示一次。
console-people-role = 权限
console-people-add = 添加
console-people-owners-only = 只有所有者可以更改这里的内容。
console-people-role-changed = 权限已更改，立即生效。
person-role-owner = 所有者
person-role-owner-hint = 可做一切；人员、手机与查询机、密钥、企业信息、操作记录和追加下载次数只有所有者可管理。
person-role-quality = 质量
person-role-quality-hint = 可查看操作记录以外的一切；修改批次，放行和撤销防伪码，召回，导出查验记录。
person-role-production = 生产
person-role-production-hint = 商品、批次、码段及其标签；记录货物流转。不能放行。
person-role-packer = 包装
person-role-packer-hint = 查看货物，包装并记录。
person-role-logistics = 物流
person-role-logistics-hint = 与包装相同；另可维护地点和合作方。
person-role-sales = 销售
person-role-sales-hint = 与物流相同；另可维护销售区域，查看查验记录。
person-role-inspector = 查验
person-role-inspector-hint = 可查看操作记录以外的一切，记录货物流转；监管机构人员还可登记鉴定结果。
person-role-read-only = 只读
person-role-read-only-hint = 可查看操作记录以外的一切，不能修改。
person-role-member = 全部日常工作
person-role-member-hint = 除所有者专属事项外的一切。
console-people-roles = 各角色的权限
console-people-change-role = 更改角色
console-people-removed = 该人员已不能代表贵企业操作。
console-password-title = { $name } 的新密码
console-password-text = 请以安全的方式转交以下两行。密码只在此刻显示，任何地方都没有保存；登录后可以更改。
console-once-done = 已记下
console-nav-devices = 手机与查询机
console-devices-lead = 员工使用的手机，以及公共防伪查询机。每台设备有自己的密钥，只能做其用途所需的事。
console-devices-none = 还没有手机或查询机
console-devices-none-text = 请在下方新建；手机扫描页面显示的二维码后即可使用。
console-devices-new = 添加手机或查询机
console-devices-new-hint = 系统会显示一个二维码，15 分钟内有效，只能使用一次。
console-devices-label = 名称
console-devices-label-hint = 便于辨认，例如：2 号包装线。
console-devices-profile = 用途
console-devices-site = 所在地点
console-devices-site-hint = 查询机的查验记录带有其地点的大致位置。
console-devices-anywhere = 无固定地点
console-devices-person = 使用人
console-devices-person-hint = 此人离开本企业后，设备随即停用。
console-devices-nobody = 共用
console-devices-add = 创建并显示注册码
console-devices-seen = 最近在线：{ $at }
console-devices-made = 创建于 { $at }，尚未使用
console-devices-revoked-at = 已于 { $at } 停用
console-devices-version = 版本 { $version }
console-devices-renew = 显示新注册码
console-devices-revoke = 永久停用
console-devices-change-hint = 使用新注册码后，由另一台设备接替。停用立即生效，无法撤销。
console-devices-revoked = 设备已停用，其下一次请求将被拒绝。
device-profile-packer = 包装
device-profile-logistics = 物流
device-profile-seller = 销售
device-profile-inspector = 查验
device-profile-kiosk = 公共查询机
device-state-waiting = 等待注册
device-state-expired = 注册码已过期
device-state-enrolled = 使用中
device-state-revoked = 已停用
console-enrolment-title = 注册“{ $label }”
console-enrolment-symbol = 用于注册的二维码
console-enrolment-scan = 用手机相机扫描此二维码，并打开其中的网址。
console-enrolment-scan-kiosk = 用查询机的相机或扫码枪扫描此二维码，或在查询机上打开该网址。
console-enrolment-type = 或在设备上打开此网址并输入注册码：
console-enrolment-once = 有效期 { $minutes } 分钟，至 { $until }，只能使用一次。
console-enrolment-done = 返回设备列表
console-enrolment-secret = 持有此码者即可注册。此码不再显示，您可以随时生成新的。
console-keys-lead = 供机器使用：ERP、包装线、网站。密钥的权限与人员相同，请像密码一样保管。
console-keys-none = 还没有密钥
console-keys-none-text = 只有当程序要自行订制防伪码或读取数据时才需要。
console-keys-since = { $at } 创建
console-keys-new = 创建密钥
console-keys-label = 用途
console-keys-label-hint = 例如：2 号包装线。
console-keys-role = 角色
console-keys-add = 创建
console-keys-revoke = 作废
console-keys-revoke-hint = 使用这个密钥的一切会立即停止工作，而且无法恢复。
console-keys-revoke-now = 永久作废
console-keys-revoked = 密钥已作废。
console-keys-revoked-at = { $at } 作废
console-keys-state-revoked = 已作废
console-keys-state-good = 有效
console-secret-title = 密钥“{ $label }”
console-secret-text = 这就是密钥。它只在此刻显示，我们不保存副本。请复制到需要的地方。
console-role-manufacturer = 生产企业
console-role-seller = 销售方
console-role-logistics = 物流方
console-role-regulator = 监管机构
console-role-kiosk = 查验终端
console-role-operator = 数据中心
console-search-title = 搜索“{ $text }”
console-search-again = 再次搜索
console-search-runs = 防伪码
console-search-code = 这看起来是一个防伪码。
console-search-code-open = 查看这个防伪码
console-search-cut = 只显示最新的结果。输入更多文字可以缩小范围。
console-search-none = 没有叫“{ $text }”的商品、批次或码段，它也不像一个防伪码。
console-search-hint = 商品的名称或编号、批号、码段编号，或印刷、扫描得到的防伪码。
error-role-unknown = 请选择一个角色。

## Files (services/files, adapters/images, adapters/papers)

error-file-empty = 文件是空的。
error-file-too-large = 文件超过 { $max } 字节，请上传较小的文件。
error-file-type-refused = 不接受此类文件。请上传图片（JPEG、PNG、WebP），证书类资料也可上传 PDF。
error-file-unknown = 该文件已不存在，请重新上传。
error-file-not-found = 没有这个文件。
error-file-content-missing = 数据中心缺少该文件的内容，请运营者从备份恢复。
error-file-not-stored = 文件未能保存：{ $why }。
error-storage-full = 贵企业的文件总量上限为 { $max } 字节，现已用完。
error-pdf-active = 该 PDF 含有脚本、可提交的表单或内嵌文件。请将其重新打印为 PDF。
error-pdf-broken = 无法打开该 PDF，请重新导出。
error-pdf-protected = 该 PDF 有密码保护，请上传无密码的版本。
error-pdf-pages = 此处的 PDF 应为 1 至 { $max } 页。

## 后台任务与下载（services/jobs、services/downloads、services/printing）

error-job-not-found = 没有这个后台任务。
error-jobs-too-many = 已有 { $limit } 个任务在等待或进行中。请等其中一个完成，或取消一个。
error-downloads-used-up = 此范围内的防伪码以这种格式已下载 { $limit } 次，达到允许的次数。企业的所有者可以允许更多次。
error-downloads-more = 请选择 { $min } 到 { $max } 之间的数。
error-print-gone = 该文件已清除：打印文件保留一周。请重新下单。

## 页面内扫码（web/pages, web/photopages, web/brand）

scan-title = 用摄像头扫码
scan-button = 用摄像头扫码
scan-video = 摄像头画面
scan-torch = 照明
scan-stop = 停止
scan-privacy = 摄像头画面只留在这台设备里。
scan-state-starting = 正在打开摄像头。浏览器可能会询问是否允许。
scan-state-looking = 请把方形码对准画面。
scan-state-found = 找到了，正在打开结果。
scan-state-several = 画面里有多个码。请靠近您要查的那一个。
scan-state-refused = 本页面没有获准使用摄像头。请拍照或输入防伪码，也可以在浏览器设置里允许使用摄像头。
scan-state-none = 这台设备没有可用的摄像头。请换一台设备拍照，或输入防伪码。
scan-state-failed = 摄像头无法启动。请拍照，或输入防伪码。
foreign-headline = 这不是我们的码
foreign-sentence = 这个码指向别的地址。我们没有打开它，也无法对它作出任何判断。指向其他地址的标签可能是假的；仿冒页面可以做得和本页一模一样。
photo-title = 用照片查验
photo-label = 拍一张标签照片
photo-button = 识别照片
photo-help = 照片只在这里识别，不保存。支持 JPEG、PNG、WebP，最大 16 MB。
photo-reading = 正在识别照片。
photo-choices = 您要查哪一个？
photo-foreign-title = 这个码的内容
photo-several = 照片里不止一个码
    .sentence = { $count ->
    [1] 照片里有一个码是我们的，另外还有别的码。目前还没有查验任何一个。
   *[other] 照片里有 { $count } 个我们的码。目前还没有查验任何一个。
}
    .step-1 = 请选择与您手中商品方形码下方一致的那一串。
    .step-2 = 也可以重新拍一张，画面里只留一个标签。
photo-foreign = 不是我们的码
    .sentence = 照片里的码并不指向我们。我们没有打开它。
    .step-1 = 不要打开这个地址，也不要在那里填写任何信息。
    .step-2 = 在包装上找另一个方形码，它的下方有四位一组的防伪码。
    .step-3 = 如果没有，请询问销售者，或通过您已知的号码联系生产企业。
photo-none = 没有找到码
    .step-1 = 靠近一些，让方形码占画面的三分之一左右，并拿稳手机。
    .step-2 = 避开反光和阴影；标签弯曲时请先抚平。
    .step-3 = 也可以输入方形码下方的防伪码。
photo-missing = 没有收到照片
    .sentence = 请先选择标签的照片，再按按钮。
    .step-1 = 拍一张标签照片，让整个方形码都在画面里。
photo-large = 照片太大
    .sentence = 照片最大 16 MB，您的照片超过了这个大小。
    .step-1 = 请在相机设置里选择较小的尺寸，或只截取标签部分。
    .step-2 = 也可以输入方形码下方的防伪码。
photo-pixels = 照片太大
    .step-1 = 请在相机设置里选择较小的尺寸，或只截取标签部分。
    .step-2 = 也可以输入方形码下方的防伪码。
photo-type = 无法识别的照片
    .step-1 = 请拍一张标签照片，或对显示它的屏幕截图。
    .step-2 = 也可以输入方形码下方的防伪码。
photo-broken = 照片已损坏
    .step-1 = 请重新拍摄；它可能在传送途中被截断了。
    .step-2 = 也可以输入方形码下方的防伪码。

## 企业展示的内容，以及读者可以补充的内容

section-certificates = 证书
section-papers = 本批次检验报告
field-legal-name = 企业全称
field-uscc = 统一社会信用代码
field-address = 地址
picture-of = { $name }，图 { $number }
paper-detail = { $kind }，{ $size }
size-kb = { $count } kB
size-mb = { $count } MB
doubt-stop = 疑问解决之前，请不要使用该商品。
doubt-keep = 保留包装和购物凭证，并把它们和标签拍照。
doubt-authority = 请询问生产企业。如果觉得上当受骗，也请向消费者权益保护部门反映；在中国可拨打 12315。
share-title = 分享我的位置
share-why = 如果您愿意，可以告诉我们您大致在哪里。这有助于发现同一个码出现在两个地方。
share-what = 手机先把位置取整到边长约 11 公里的方格再发送。我们只把这个方格和这一次查验一起保存，不含姓名、号码和精确位置。
share-button = 分享一次我的位置
share-asking = 正在询问手机的位置。
share-done = 谢谢。已随本次查验保存：{ $place } 附近的方格。
share-late = 已经不能再补充到这次查验了。请重新打开这个码再分享位置。
share-refused = 手机没有把位置告诉本页面。没有发送任何内容。
share-failed = 没能取得或发送位置。没有保存任何内容。
error-place-malformed = 这个位置不是十分之一度的方格。
error-place-known = 这次查验已有位置，或不接受位置。

## 控制台：码段、标签、召回与后台任务

console-nav-runs = 码段
console-nav-jobs = 打印任务
console-nav-advisor = 标签顾问
console-nav-recalls = 召回
console-preview = 预览
console-continue = 继续
console-at-once = 立即
console-mm = { $value } 毫米
console-runs-lead = 一个码段是为一个批次订购的一组防伪码，数量不限。
console-runs-filter = 编号或批号
console-range-what = 单元
console-range-from = 起始序号
console-range-to = 截止序号（不含）
console-range-hint = 从 0 开始计数。留空表示从第一个开始。
console-range-hint-to = 0 到 100 表示前一百个。留空表示到最后一个。
console-range-whole = 整个码段的所有层级
console-range-level = { $level }（共 { $count } 个）
console-range-words = { $level } { $start } 至 { $last }（共 { $count } 个）
console-specimen = { $level }，标签 { $width } × { $height } 毫米
console-specimen-note = 样张：其中的防伪码是虚构的，展示给他人不会泄露任何信息。
console-run-sscc = SSCC 从序列参考号 { $first } 起
console-run-guesses = 随意编造一个防伪码，命中本码段单元的概率小于 10 的 { $exponent } 次方分之一。
console-run-created = 码段 { $number } 已订购，其防伪码尚未放行。
console-run-next = 货物出厂时放行防伪码
console-run-lead = 可以打印标签，也可以看看有谁扫过。损坏或被盗的码请作废。
console-run-lead-new = 已订制，未放行：先打印、贴标，再放行。
console-run-next-text = 在此之前，任何人扫码都会被告知“未放行”：被盗的标签毫无价值。
console-run-labels = 标签与码清单
console-run-look = 标签样式
console-run-units = 订购内容
console-run-address = 印刷的网址
console-run-strength = 防猜测强度
console-run-ordered = 订购时间
console-run-facts = 放行、作废与召回
console-run-no-facts = 尚未放行
console-run-no-facts-text = 本码段的放行、作废和召回将列在这里。
console-run-form-lead = 请先预览标签；确认之前不会订购。数量和包装之后不能更改。
console-run-would = 即将订购的内容
console-run-items = 单品数量
console-run-items-hint = 1 到 4,294,967,296。
console-run-packing = 包装
console-run-packing-hint = 从箱开始逐级填写，不用的留空。每个包装有自己的防伪码，并携带内装单元的编号。
console-run-packing-1 = 每箱单品数
console-run-packing-2 = 每托盘箱数
console-run-packing-3 = 每集装箱托盘数
console-run-gtin = { $level }自有的 GTIN
console-run-codes = 防伪码
console-run-host = 防伪码将指向 { $host }，印刷后不能更改。
console-run-symbols = 序列号长度
console-run-symbols-14 = 14 位，用于最小的标签
console-run-symbols-16 = 16 位，常用
console-run-symbols-20 = 20 位，最长
console-run-contents = 包装码携带
console-run-contents-auto = 尽可能完整
console-run-contents-list = 内装单元的全部编号
console-run-contents-first = 第一个编号和数量
console-run-contents-none = 不携带
console-run-order = 订购防伪码
console-release = 放行
console-release-lead = 从此扫描这些防伪码会显示正品。
console-release-sure = 放行这些单元？
console-release-now = 立即放行
console-release-done = 已放行。
console-withdraw = 作废
console-withdraw-lead = 用于损坏、被盗或未使用的防伪码：扫码者会被告知已作废。
console-withdraw-sure = 作废这些单元？
console-withdraw-now = 立即作废
console-withdraw-done = 已作废。
console-stage-at = 生效时间
console-stage-at-hint = 按贵企业的时区。留空表示立即。
console-stage-reason = 原因
console-fact-release = 已放行
console-fact-withdraw = 已作废
console-fact-recall = 已召回
console-recall = 召回
console-recall-show = 查看召回
console-recall-title = 召回
console-recall-order = 发布召回
console-recall-lead = 扫到这些商品的消费者会看到以下内容。商品可以重新使用时，请终止召回。
console-recall-lead-over = 本次召回已终止，记录保留。
console-recall-order-lead = 从此每个扫到这些单元的人都会被告知不要使用及其原因。召回可以终止，但不能更改。
console-recall-goods = 商品
console-recall-whole-batch = 整个批次及其所有码段
console-recall-reason-hint = 至少用一种语言填写。消费者会读到这些文字。
console-recall-reason-zh = 原因（中文）
console-recall-reason-en = 原因（英文）
console-recall-instruction-zh = 处理办法（中文）
console-recall-instruction-en = 处理办法（英文）
console-recall-number = 召回编号
console-recall-sure = 召回这些商品？
console-recall-now = 立即召回
console-recall-created = 召回已发布。
console-recall-force = 生效中
console-recall-planned = 待生效
console-recall-lifted = 已终止
console-recall-lifted-at = 终止时间
console-recall-lift = 终止召回
console-recall-lift-sure = 终止此召回？
console-recall-lift-text = 从现在起扫码不再提示此召回，放行与作废状态不变。
console-recalls-lead = 您告知消费者不要使用的商品。要发起新的召回，请打开批次或码段。
console-recalls-none = 没有召回
console-recalls-none-text = 如需召回，请打开相应的码段或批次。
console-labels-lead = 每个文件在交付前都经过回读检验，每次下载都有记录：码清单很有价值。
console-labels-gs1 = 能否可靠识读？
group-advice-pass = 这种标签放得下
group-advice-fail = 这种标签放不下
group-advice-list = 包装码含有内装 { $count } 个单元的全部编号，断网也能核对。
group-advice-first = 包装码含有首个编号和数量（{ $count }）。
group-advice-none = 按本码段下单时的选择，包装码不含内装编号。
group-advice-large = 请换用更大的标签、更精细的打印机，或文字较少的版面。
group-advice-fewer = 这种标签最多放 { $max } 个编号。请减少每个包装的数量，或在下次下单时选择“第一个编号和数量”。
group-advice-many = 清单最多 { $max } 个编号。要能断网核对，每个包装请不超过这个数。
group-advice-list-fits = 这种标签放得下全部编号：下次下单可选择“内装单元的全部编号”。
group-advice-listed = 这种标签上最长的清单
group-advice-listed-value = { $count } 个编号
group-advice-first-version = 只印首个编号和数量
group-advice-first-version-value = 版本 { $version }
console-labels-choose = 需要哪些标签？
console-labels-content = 标签上印什么？
console-labels-design = 版面
console-design-plain = 仅二维码和防伪码
    .hint = 标签能容纳的最大二维码。
console-design-text = 带文字
    .hint = 二维码旁印名称、批号和日期。
console-design-branded = 带企业标志
    .hint = 企业标志下印名称、批号和日期。
console-design-logistic = 物流标签
    .hint = 带 SSCC 的 GS1-128 条码、发货方和内装数量，用于箱和托盘。
console-labels-logo-hint = PDF 和 SVG 中的标志为彩色；ZPL 和 PNG 中为黑白点阵，与标签打印机一致。
console-labels-no-logo = 贵企业还没有上传标志。
console-labels-add-logo = 上传企业标志
console-labels-parts = 文字
console-labels-parts-hint = 过长的名称和规格会被缩短；批号、日期和自定义行必须完整印出，放不下时不予打印。
console-part-name = 商品名称
console-part-other-name = 另一种语言的名称
console-part-specification = 规格或内装数量
console-part-lot = 批号
console-part-produced = 生产日期
console-part-expires = 有效期
console-labels-line = 自定义一行
console-labels-line-hint = 标语、店名、贮存条件等印在每个标签上的内容。
console-labels-paper = 标签和打印机
console-labels-continued = { $format }（续传）
console-labels-format = 格式
console-labels-pdf = PDF，整张或卷装
console-labels-zpl = ZPL，标签打印机
console-labels-svg = SVG，每个标签一个图形（ZIP）
console-labels-png = PNG，每个标签一张图片（ZIP）
console-labels-csv = CSV，工业打印机
console-labels-txt = 文本，每行一个网址
console-labels-layout = 标签
console-labels-sheet = { $sheet }，{ $count } 个 { $width } × { $height } 毫米标签
console-labels-roll = 卷装，{ $width } × { $height } 毫米
console-labels-size = { $width } × { $height } 毫米
console-labels-dpi = 打印机
console-labels-language = 标签语言
console-labels-skip = 已用标签数
console-labels-skip-hint = 指第一张纸上的。
console-labels-background = 超过 { $count } 个标签将在后台分多个文件打印。
console-labels-download = 下载
console-labels-log = 下载记录
console-labels-count = 每个防伪码每种格式可下载 { $allowed } 次，人员和接口密钥合并计算。下载最多的已下载 { $taken } 次。
console-labels-when = 时间
console-labels-who = 人员
console-labels-machine = 机器
console-labels-allow = 允许更多下载
console-labels-more = 增加次数
console-labels-allowed = 本码段的每个防伪码现在可以下载 { $count } 次。
console-advisor-lead = GS1 要求二维码的每个方格宽 { $min } 至 { $max }，四周留出四个方格的空白。这样各种扫描设备都能可靠识读。
console-advisor-answer = 打印效果
console-advisor-pass = 符合 GS1
console-advisor-fail = 不符合 GS1
console-advisor-host = 码中的网址
console-advisor-host-hint = 越短，二维码越小。
console-advisor-any-label = 任意标签
console-advisor-dots = 每方格的打印点数
console-advisor-dots-hint = 留空表示自动选择。
console-advisor-ask = 询问顾问
console-advisor-version = 二维码
console-advisor-version-value = 版本 { $version }，{ $modules } × { $modules } 方格
console-advisor-x = 方格宽度（X 尺寸）
console-advisor-x-value = { $width }，{ $dots } 个打印点
console-advisor-symbol = 二维码边长
console-advisor-footprint = 含空白区边长
console-advisor-quiet = 空白区
console-advisor-quiet-value = { $width }，每边 { $modules } 个方格
console-advisor-spare = 网址余量
console-advisor-spare-value = 还可增加 { $count } 个字符
console-advisor-shorten = 网址减少 { $count } 个字符，二维码就小一号。
console-jobs-lead = 大量标签在这里打印，您可以同时做别的事。
console-jobs-none = 没有打印任务
console-jobs-none-text = 大量标签的订单将列在这里。
console-job-ordered = 标签正在打印，您可以离开此页。
console-job-cancelled = 已取消
console-job-cancel-done = 任务已取消。
console-job-queued = 等待中
console-job-running = 打印中
console-job-done = 已完成
console-job-failed = 失败
console-job-state = 进度
console-job-count = { $total } 个标签中的 { $done } 个
console-job-refresh = 本页每两秒刷新一次。
console-job-lead = 可以离开本页。每个文件回读无误后会出现在下面。
console-job-lead-over = 这里不会再有变化。请下载已完成的文件，或重新下单。
console-job-cancel = 取消
console-job-files = 文件
console-job-files-hint = 取走每个文件都计为一次下载。文件保留一周。
console-job-file = { $name }（{ $count } 个标签）
error-packing-gap = 请先填写较小的包装：没有箱就没有托盘。
error-batch-missing = 请选择批次。
error-quantity-missing = 需要多少单品？
error-reason-missing = 请至少用一种语言说明原因。
error-host-malformed = 这不是网址。例如：zy.example
error-format-unknown = 没有这种格式。可用格式：{ $known }。

## 命令完成时的话（cli）

told-key-once = 请妥善保存：不会再次显示。
told-key-revoked = 已作废：从下一次请求起拒绝此密钥。
told-verified = { $organisation } 今后显示为已核验。
told-unverified = { $organisation } 不再显示为已核验。
told-epoch = 今后订购的码段使用第 { $epoch } 期密钥；已印刷的码继续有效。
told-master = { $count } 把密钥已换用新的主密钥。请重新备份并销毁旧备份：旧备份中有旧密钥。
told-codes = { $file }：{ $count } 个码。持有者即可印制标签。
told-labels = { $file }：{ $count } 张标签。
told-ready = 就绪：{ $data }。主密钥绝不可丢失，参见 `trueorigin backup`。
told-migrated = 数据表与本程序一致。
told-backup = { $file }：{ $rows } 行，{ $bytes } 字节。其中含有主密钥。
told-restored = 已恢复 { $rows } 行到 { $data }。
told-released = 码段 { $run }：已放行。
told-withdrawn = 码段 { $run }：已停用。
told-lifted = 召回已解除。
told-serving = { $data } 正在 { $url } 提供服务

## console/insight.py, units.py, figures.py, exports.py: what the data centre knows

console-nav-units = 查询单码
console-nav-figures = 统计
console-units-lead = 查看数据中心掌握的某个防伪码的全部情况。在此查询不计入扫码次数。
console-units-code = 防伪码或网址
console-units-code-hint = 粘贴手机扫到的内容，输入码下方的字符，或用扫码枪读取。
console-units-find = 查询
console-units-photo = 标签照片
console-units-photo-hint = 在手机上会打开相机。照片只识别一次，不保存。
console-units-photo-button = 识别照片
console-units-choices = 照片中的码
console-units-title = 单元 { $number }
console-units-about = 单元信息
console-units-level = 层级
console-units-index = 码段内序号
console-units-stage = 状态
console-units-phones = 手机数
console-units-first = 首部手机
console-units-last = 最近一部手机
console-units-recall = 自 { $since } 起召回
console-units-readings = 扫码记录
console-units-unread = 尚未被扫
console-units-unread-text = 目前还没有人扫过这个码。
console-units-places = 扫码地点
console-units-phone = 手机 { $name }
console-units-counted = 新手机
console-units-times = { $count } 次
console-stage-planned = 未投放
console-stage-released = 已投放
console-stage-withdrawn = 已停用
console-level-0 = 单品
console-level-1 = 一级包装
console-level-2 = 二级包装
console-level-3 = 三级包装
console-channel-page = 网页
console-channel-api = 程序接口
console-channel-kiosk = 查验机
console-channel-photo = 照片
console-channel-cli = 命令行
console-channel-seller = 销售商
console-channel-logistics = 物流
console-channel-regulator = 监管部门
console-channel-manufacturer = 生产企业
console-figures-lead = 每个数字都可点开查看明细。日期以协调世界时（UTC）为准；同一部手机对每个单元只计一次。
console-figures-period = 时间范围
console-figures-days = 最近 { $count } 天
console-figures-total = 总览
console-figures-issued = 已发码
console-figures-released = 当前投放
console-figures-read = 扫码次数
console-figures-phones = 手机数
console-figures-suspicious = 有警示
console-figures-invented = 虚构码
console-figures-by-day = 按日
console-figures-bars = 柱形图：{ $start } 至 { $stop } 每日扫码次数，最高 { $most }。柱底深色部分为有警示的次数。下方表格内容相同。
console-figures-by-place = 按地区
console-figures-map = 扫码地图：标记越大次数越多，菱形表示有警示。表格内容相同。
console-figures-nowhere = 地点未知
console-figures-by-verdict = 按结论
console-figures-table = 表格
console-figures-name = 名称
console-figures-day = 日期
console-figures-place = 地点
console-figures-verdict = 结论
console-figures-none = 此时间范围内没有扫码
console-figures-none-text = 请选择更长的时间范围，或用手机扫一个码。
console-figures-export = 导出 CSV
console-figures-of = 统计
console-readings-title = 扫码记录
console-place = { $city }附近 · { $cell }
console-readings-counted = 仅各手机首次扫码
console-readings-lead = 按单元、再按时间排列。
console-readings-days = { $first } 至 { $last }
console-readings-until = 截至{ $last }
console-readings-none = 没有这样的扫码记录
console-readings-empty = 本页没有内容
console-readings-empty-text = 账本分段查找。若后面还有，请在下方继续。
console-readings-at = 时间
console-readings-unit = 码段 · 层级 · 序号
console-readings-how = 方式
console-readings-where = 地点
console-invented-title = 虚构码
console-invented-lead = 带有您的编号、但从未发放过的码被扫的记录。短时间内大量出现，说明有人在猜码或私印。
console-invented-number = 码上的编号
console-invented-networks = 网络数
console-invented-cut = 更早的日期未显示，请缩短时间范围。
console-invented-none = 没有虚构码
console-invented-none-text = 此时间范围内没有人扫过带有您编号的虚构码。
console-column-at = 扫码时间（UTC）
console-column-day = 日期（UTC）
console-column-product = 商品
console-column-product-number = 商品编号
console-column-lot = 批号
console-column-run = 码段
console-column-level = 层级
console-column-index = 码段内序号
console-column-verdict = 结论
console-column-channel = 方式
console-column-readings = 次数
console-column-counted = 新手机
console-column-latitude = 纬度
console-column-longitude = 经度
console-column-phone = 手机（限本单元）
console-column-phones = 新手机数
error-unit-not-found = 这不是贵企业的码：从未发放、输入有误，或属于其他企业。
error-base-map-invalid = { $file } 不能用作地图底图。须为不超过 4 MB 的 SVG，且 viewBox="-180 -90 360 180"。

## 商品与批次表格（导入）

error-table-too-large = 表格最大 { $max } MB，请拆成几份。
error-table-empty = 文件里没有内容。
error-table-encoding = 无法识别文件的字符编码。请另存为 XLSX，或 UTF-8 编码的 CSV。
error-table-broken = 无法把该文件读成表格。请用表格软件打开，重新保存为 XLSX 或 CSV。
error-table-bomb = 该文件解压后远超表格应有的大小，未予打开。
error-table-merged = 单元格 { $cells } 是合并的。请拆分：每一行必须独立完整。
error-table-rows = 表格最多 { $max } 行，请拆成几份。
error-table-columns = 表格最多 { $max } 列，第 { $row } 行超出。
error-table-formula = 单元格 { $cell } 含公式，请改为粘贴数值。
error-table-cell-error = 单元格 { $cell } 是表格软件的错误值，请填写实际内容。
error-import-column-unknown = 没有“{ $heading }”这一列，请使用模板的表头。
error-import-column-twice = 这一列出现了两次。
error-import-column-missing = 缺少这一列（或可替代它的列）。
error-import-cell-nowhere = 该行有单元格不在任何表头之下。
error-import-no-rows = 表头下面没有数据。
error-import-duplicate = { $value } 在第 { $first } 行已出现。
error-import-product-unknown = 没有编号为 { $value } 的商品，请先登记或导入该商品。
error-import-not-found = 没有这次导入。
error-import-over = 这次导入已有结果，或已中断。
console-imports = 导入
console-imports-lead = 从表格一次接收许多商品或批次。先全部核对；只要有一行不对，就什么也不存。
console-imports-step = 选择填好的表格
console-imports-kind = 每一行是
console-imports-products = 商品
console-imports-batches = 批次
console-imports-file = 表格
console-imports-file-hint = CSV 或 XLSX，最大 16 MB、100,000 行、60 列。只要数值：不含公式，不含合并单元格。
console-imports-check = 核对表格
console-imports-templates = 模板
console-imports-templates-text = 带正确表头的空表，请从第二行开始填写。
console-imports-template-products = 商品（{ $format }）
console-imports-template-batches = 批次（{ $format }）
console-imports-before = 以往导入
console-imports-rows = { $count } 行
console-imports-rejected = 共 { $count } 处错误，什么也没有存。请改正后重新上传表格。
console-imports-discarded = 已放弃，什么也没有存。
console-imports-ready = 每一行都正确。您确认之前，谁也看不到这些内容。
console-imports-take = 接收 { $count } 行
console-imports-discard = 放弃
console-imports-moving = 正在接收。全部完成之前谁也看不到其中任何一行；您可以离开本页。
console-imports-interrupted = 表格正在接收，或接收时中断。若一直没有变化，请放弃后重新上传。
console-imports-done = 全部接收完成。
console-imports-see-products = 查看商品
console-imports-see-batches = 查看批次
console-imports-report = 下载报告（CSV）
console-imports-first = 前 { $shown } 处错误；报告中有 { $kept } 处。
console-imports-row = 行
console-imports-column = 列
console-imports-fault = 问题
console-imports-code = 代码
console-imports-state-staged = 等您确认
console-imports-state-moving = 正在接收
console-imports-state-visible = 已接收
console-imports-state-rejected = 未接收
console-import-column-gtin = GTIN（商品条码）
console-import-column-internal-number = 内部编号
console-import-column-name-zh = 中文名称
console-import-column-name-en = 英文名称
console-import-column-description-zh = 中文说明
console-import-column-description-en = 英文说明
console-import-column-category = 类别
console-import-column-specification = 规格
console-import-column-feature-name-zh = 特征 { $number } 中文名称
console-import-column-feature-name-en = 特征 { $number } 英文名称
console-import-column-feature-value-zh = 特征 { $number } 中文内容
console-import-column-feature-value-en = 特征 { $number } 英文内容
console-import-column-lot = 批号
console-import-column-produced-on = 生产日期
console-import-column-expires-on = 最后有效日
console-import-column-place-zh = 中文产地
console-import-column-place-en = 英文产地
console-import-column-line = 生产线
console-import-column-material-name = 原料 { $number }
console-import-column-material-supplier = 原料 { $number } 供应商
console-import-column-material-lot = 原料 { $number } 批号

## The commands about people (cli/people)

told-person-joined = 此人现在也可以代表该企业。
told-person-password = 密码已更改，此人的所有登录会话均已结束。
told-person-disabled = 此人不能再登录，所有会话均已结束。
told-person-enabled = 此人可以重新登录。

# eventdrafts, capturing

error-event-malformed = 流通事件应为包含 id、kind、at 和 units 的对象。
error-event-field-malformed = 无法读取此字段。
error-event-kind-unknown = 没有这种事件。可用的有：{ $known }。
error-event-time-zone-missing = 请给出带时区的时间，例如 +08:00 或 Z。
error-event-time-out-of-range = 可记录 { $min } 年至 { $max } 年的事件。
error-event-units-missing = 请说明事件涉及哪些单元。
error-event-containers = 这种事件应写明 { $min } 至 { $max } 个包装。
error-event-container-in-itself = 包装不能装入自身。
error-event-plan-misplaced = 按计划包装只用于包装事件，且自身已说明单元。
error-event-plan-level = 只有成组的包装可按计划包装，单品不可以。
error-event-plan-children = 所包装的单元须在下一层级的 { $quantity } 个之内。
error-event-plan-rejects = 剔除的单元须在所包装的范围内，按升序排列且不重复。
error-event-plan-inexact = { $children } 个单元不能恰好装满 { $containers } 个每个 { $size } 件的包装。
error-event-details-too-long = 事件的详细信息总共最多 { $max } 个字符。
error-event-details-too-deep = 事件的详细信息最多嵌套 { $max } 层。
error-event-id-taken = 此编号已被另一个事件使用。
error-event-not-found = 没有这个事件。

error-gln-malformed = GLN 为 13 位数字，此处为 { $given }。
error-gln-check-digit = GLN { $given } 的末位应为 { $expected }。
error-gln-taken = 贵企业另一地点已使用 GLN { $value }。
error-country-malformed = 国家请用 ISO 3166-1 两位大写代码，例如 CN。
error-position-out-of-range = 应在 { $min } 与 { $max } 之间。
error-position-incomplete = 请同时填写纬度和经度，或都不填。
error-sites-too-many = 一家企业最多 { $max } 个启用中的地点，请先停用一个。
error-site-not-found = 贵企业没有这个地点。
error-territories-too-many = 一家企业最多 { $max } 个启用中的销售区域，请先停用一个。
error-territory-not-found = 贵企业没有这个销售区域。
error-areas-missing = 销售区域至少需要一个范围。
error-partner-not-found = 贵企业没有这个合作伙伴。
error-partner-prefix-unknown = 没有企业使用编码前缀 { $given }。对方可在控制台的“企业信息”中看到自己的前缀。
error-partner-is-self = 这是贵企业自己的编码前缀。
error-partners-too-many = 一家企业同时最多 { $max } 个合作伙伴。
error-inspection-result-unknown = 没有这种查验结果。可用：{ $known }。
error-finding-misplaced = 鉴定结论只能写在 inspecting 事件中。
error-finding-refused = 只有监管机构可以记录鉴定结论。
error-event-kind-refused = 这些商品不属于贵企业，不能记录 { $kind }。
