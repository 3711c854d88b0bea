"""What is refused whatever the material holds, what is refused for lack of material, and in which words."""

import re
from collections.abc import Callable, Sequence

from assistant.answering.expectation import quantities
from assistant.indexing.chunking import answer_blocks
from assistant.retrieval.search import Found
from assistant.retrieval.understand import Query
from assistant.retrieval.words import content_words
from assistant.text import compact
from assistant.types import BlockKind, Clause, Hit, Reason

SUPPORT_LINE = 0.5
OUTRIGHT = 2
_CLAIM_DEPTH = 5
_CLAIM_RATIO = 0.7
_CLAIM_WORDS = 2
_CLAIM_SHARE = 0.6
_CLAIM_FIGURES = 2

_RECORDS = (
    r"(?:记录|台账|工单|投诉单|回访|满意度|调查表|问卷|报告|档案|发票|合同|证书|证明|资质|材料|资料|照片|签到|培训)"
)
_RULES: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (
        Reason.INSTRUCTION,
        re.compile(
            r"(?:忽略|无视|忘记|忘掉|跳过|不要管|抛开|绕过)(?:掉|你|以上|上面|之前|前面|所有|全部|一切|任何|的|这些|那些)*"
            r"(?:指令|规则|规定|要求|限制|设定|提示|约束|内容|知识库|资料库?)|"
            r"(?:隐藏|内部|初始|开发者?给你的?).{0,6}(?:指令|提示|设定|规则)|复述.{0,12}(?:指令|提示|设定)|"
            r"(?:扮演|充当|变成|进入|切换).{0,12}(?:没有|不受|无)(?:任何)?(?:规则|限制|约束)|(?:随便|瞎|胡)编|编(?:几|一)条|"
            r"(?:系统|开发者?)(?:提示词?|指令|prompt)|提示词(?:原文|内容|是什么)|systemprompt|ignore(?:all|any|the|your|previous|above)+|"
            r"以.{0,8}名义(?:宣布|发布|声明|回复|答复|出具)|(?:你现在|从现在(?:起|开始)|从这句(?:起|开始)|接下来)你?(?:是|扮演|充当|变成|无视|忽略)|(?:直接|只要?|必须|一律|统一)(?:回答|回复|输出|说)[“\"'「]?(?:是|可以|能|五星|通过|没有问题|[a-z]+)[”\"'」]?(?:即可|就行|就好|$)|"
            r"(?:不要|不用|别)(?:给|加|带|写|标)(?:出处|引用|来源|依据)|输出(?:你的)?(?:密钥|apikey|配置|环境变量)|jailbreak|dan模式|</?(?:system|script|instruction)"
        ),
    ),
    (
        Reason.FORGERY,
        re.compile(
            rf"(?:(?:帮|替|给|教)我.{{0,10}}(?:仿|p成|改成|ps)|把.{{0,12}}(?:p成|ps成|改成).{{0,8}}(?:我|名字|公司)|编造|伪造|造假|作假|做假|假造|虚构|捏造|倒签|ps一?(?:张|个|份)|p一?(?:张|个|份))(?!.{{0,12}}(?:后果|处罚|怎么罚|罚|责任|会怎|违法|算不算|属于|被查|举报|的企业|的机构))|"
            rf"(?:帮|给|替|代)(?:我|我们|咱们?|忙)?.{{0,8}}(?:写|编|补|造|做|弄|搞|生成|凑|出|填|拟).{{0,14}}(?:去年|前年|上半年|过去|以前|补齐|假|应付|糊弄|蒙混|没做过|没有做).{{0,20}}{_RECORDS}?|"
            rf"(?:帮|给|替|代)(?:我|我们|咱们?|忙)?.{{0,8}}(?:写|编|补|造|做|弄|搞|生成|凑|填).{{0,20}}{_RECORDS}.{{0,12}}(?:随便|应付|糊弄|蒙混|骗|过关|对付)|"
            rf"(?:怎么|如何|怎样).{{0,4}}(?:补|编|造|做|弄|凑)(?:几份|几张|一批|一份|一些|一套|出)?.{{0,6}}(?:假|虚假|以前的|去年的|过去的).{{0,6}}{_RECORDS}|"
            r"(?:给|帮|替)(?:我|我们)?.{0,6}(?:做|弄|办|搞|出|开).{0,14}(?:假|像真|以假乱真|仿).{0,14}(?:证|章|报告|记录)|"
            r"(?:教|帮|替|给)我.{0,6}把.{0,14}(?:改到|改成|改为|延到|p到)(?!新)|"
            rf"(?:买|弄|搞|办)(?:一?张|个|本|份)?假(?:的)?.{{0,6}}(?:证|章)|(?:日期|时间)(?:要|得|都)?(?:往前|提前|倒)(?:写|签|填|改)|"
            rf"{_RECORDS}.{{0,16}}(?:没做|没有做|没记|缺|不够|少了|丢了).{{0,16}}(?:帮|给|替)(?:我|我们|咱们?)?.{{0,4}}(?:编|造|补|凑|弄|搞|做)"
        ),
    ),
    (
        Reason.GUARANTEE,
        re.compile(
            r"(?:你|你们)?(?:能|能不能|可以|可不可以|敢)?(?:保证|担保|打包票|承诺|确保|包)(?:我们?|咱们?|公司|一定|肯定|百分百|100%|能|让我们?)+.{0,8}(?:拿|过|通过|评|得|中标|五星|四星|下证|成功)|"
            r"(?:能不能|能否|能|可以|敢)(?:给我|给我们|跟我)?(?:保证|担保|打包票)(?!金)|保证一下|给(?:个|句)准话|"
            r"(?:你|您).{0,10}(?:肯定|一定|绝对|百分百|100%|稳)(?:能|会|可以)?(?:中标|过审|过关|通过|拿[到下]|评上|下证)|"
            r"(?:找|跟|在)(?:你|您|你们).{0,12}(?:百分百|100%|一定|肯定|稳|包|保)|"
            r"(?:你|您|你们).{0,3}(?:能不能|能否|能|敢|可以).{0,3}承诺|"
            r"(?:给|跟|向)(?:我|我们)(?:保证|担保|打个?包票|承诺)|(?:你|你们)(?:能|能不能|敢|可以)?(?:包过|保过|包拿|包中标)|"
            r"(?:能|能不能|可以)(?:保证|担保|打包票).{0,6}(?:拿到?|通过|评上|中标)|预测.{0,10}(?:能不能|是否|能)(?:通过|拿到|评上|中标)"
        ),
    ),
    (
        Reason.LEGAL_ADVICE,
        re.compile(
            r"(?:我|我们|我方|我司|本公司|咱们?|公司).{0,30}(?:官司|起诉|诉讼|仲裁|告(?:他|它|她|上法院|法院|赢|倒|那家|这家|商家|机构|公司|对方|.{1,8}能赢))|"
            r"(?:官司|案子|案件|诉讼).{0,8}(?:能赢|会赢|怎么打|胜算|怎么判|能判)|想告|(?:能|会|要|该)赔(?:我|我们|他|他们|对方|多少)|"
            r"(?:能|会)判(?:多少|几年|谁)|法院.{0,4}(?:怎么|如何|能|会不会)判|该不该(?:上诉|起诉|应诉)|要不要(?:上诉|应诉)|胜诉|败诉|起诉状|(?:写|拟|起草|发)(?:一?[封份个])?[^，,。]{0,4}律师函|帮.{0,6}(?:分析|看看).{0,8}(?:案子|官司|纠纷)"
        ),
    ),
)
# Somebody else's promise or forgery is a subject to ask about: 机构说保证五星，可信吗; 证书被人伪造了怎么办.
_INNOCENT = {
    Reason.GUARANTEE: re.compile(
        r"(?:机构|中介|代办|咨询公司|他们|对方|有人|业务员|销售|广告|网上|顾问|老师).{0,12}(?:说|承诺|保证|担保|打包票|宣传|声称)|"
        r"保证.{0,10}(?:可信|靠谱|是真的|合法|能信)|保证(?:换货|退货|维修|质量|供应|修)"
    ),
    Reason.FORGERY: re.compile(
        r"^(?!.*(?:帮忙|[帮替给教][我咱]|编造|伪造|怎么(?:[编弄做补]|污蔑|诬陷)|想(?:诬陷|污蔑|指责)|也想|倒签)).*(?:(?:说|怀疑|质疑|指责|冤枉|诬陷|污蔑)(?:是|我们?|咱们?|我司|企业|公司|人家)*|(?:说|怀疑|质疑)(?:是|[他它她]们?|对方|对手)*)(?:造假|作假|伪造|做假)|识别|辨别|鉴别|防止|预防|避免|举报|(?:向|找|到)谁投诉|被(?:人|别人|他人|对手|同行)?(?:伪造|冒用|造假)|(?:对手|别人|他人|同行|员工).{0,6}(?:伪造|编造|造假)|"
        r"(?:后果|处罚|怎么罚|撤销|违法|责任)|手续|变更|坐实|查[处出获]|曝光|通报|(?:几|多少)[家起个]"
    ),
    Reason.LEGAL_ADVICE: re.compile(r"^(?:消费者|顾客|经营者|商家|企业)(?:最多|最少|可以|能|要|应)"),
}
# What the corpus is asked instead, so that a refusal shows what it says of the matter.
_TOPICS = {
    Reason.GUARANTEE: "机构或咨询公司保证拿五星、包过，可信吗？",
    Reason.FORGERY: "伪造记录、虚假认证有什么后果？",
    Reason.LEGAL_ADVICE: "消费纠纷可以通过什么途径投诉？",
}
_TEXTS = {
    Reason.GUARANTEE: "不能作这样的保证：能否通过、评几星由认证机构按标准和现场评审结果决定，任何人都不能事先担保。",
    Reason.FORGERY: "不能协助编造或补做记录、证明：这会构成虚假认证，要承担法律责任。可以帮您查今后真实运行需要留哪些记录。",
    Reason.LEGAL_ADVICE: "这里不对具体纠纷、诉讼提供法律意见，请咨询律师或向主管部门（12315）反映。",
    Reason.INSTRUCTION: "问题里夹带了与查询无关的指令，没有执行。请直接提出关于售后服务认证的问题。",
    Reason.OFF_TOPIC: "这个问题不在本库范围内。本库只收售后服务认证（GB/T 27922）及相关的标准、法规、政策和办理指南。",
    Reason.NOT_IN_MATERIAL: "资料中没有能回答这个问题的内容，因此不作回答。",
    Reason.UNKNOWN_IN_MATERIAL: "资料中没有：问到的这一点，所收资料记为未知。",
    Reason.FALSE_PREMISE: "问题的前提不成立，因此不能按这个前提回答。",
}
# What makes a statement in a question a premise: strong ones leave no doubt, weak ones only together with a request.
_STRONG = re.compile(
    r"对吧|是吧|没错吧|既然|吧[，,。！!]|吧$|(?<!是)不是.{2,20}吗|(?<!是)不是.{2,40}嘛|我记得|都说了|已经.{2,16}了"
)
_WEAK = re.compile(
    r"必须|(?<![按反合])规定|要求|最高|应该|听说|据说|恢复|"
    r"(?:引用|给出|指出|写出|列出)(?:一下)?(?:具体)?(?:条款|条文|条号|原文|出处)|第几条|哪一?条"
)
_DETAIL = re.compile(
    r"(?:罚|处罚|扣|减|加|得|补|交|收|领|考|涨|拿|需要?)(?:我们?|款)?(?:多少|几)|通融|破例|哪一?条|哪几条|第几条|文号|怎么安排|去哪|哪个窗口|"
    r"(?:怎么|如何|哪里)(?:申请|办|拿|评|买|下载|报名)|什么时候(?:实施|施行|发布|生效|换|开始)|(?:请)?引用|要考?多少"
)
_NEUTRAL = re.compile(
    r"要不要|该不该|用不用|算不算|合不合|犯不犯|(?:敢|还能|能).{1,8}不(?=$|[？?，,。])|还能.{1,12}吗|不信|拦着|说法吗|真有这|行不行|可不可以|能不能|行吗|可以吗|有(?:啥|什么)(?:不一样|不同|区别|差别)|是不是|有没有|是否|真的吗|真的假的|可信|靠谱|能信|合法吗|对吗|(?<!对)吗[？?]?$|吗[，,]"
)


# An assertion followed by a request that builds on it: 满分是 1000 分，请把三大块的分值给我.
_BUILDS_ON = re.compile(r"^.{5,}?[，,。](?:请|那|麻烦|帮|告诉|教|我们?|咱|去|要|需|应|该|现在|还|是哪|具体)")
_FIELD = re.compile(
    r"认证|认可|证书|体系|标准|资质|评级|星级|审核|评审|售后|质保|保修|三包|投诉|招标|投标|标书|许可|备案|检测|贯标|认定|指标|"
    r"[A-Z]{3,}|\d{5}"
)
_SCHEME = re.compile(r"(?<![A-Za-z])([A-Z]{3,})(?![A-Za-z0-9])[^，,。；;？?]{0,8}(?:认证|认可|体系|资质|证书|标准)")
_FIGURE = re.compile(r"\d+(?:\.\d+)?(?:个|%|分|年|项|级)")
# Whoever says so does not repeat a claim that requires it; 不得低于 is a requirement.
_FORBIDS = re.compile("(?:不得|禁止|不许|不准|不允许)(?!低于|少于|超过|高于|不)")
_DENIAL = re.compile(
    r"没有(?:标准|法规|可核对的?)?(?:依据|来源)|无标准依据|不是.{0,40}(?:条文|要求|强制|条件|指标)|没有把|没有要求|没有统一(?:分值|规定|标准)|不采信|不要采信|"
    r"(?:已经?|都已)(?:取消|结束|停|废止)|全国于 ?\S+ ?结束|只见于|不能说|不再是|是自愿的|没有(?:发现|查到).{0,12}(?:新版|规定)"
)


def denied_premise(query: Query, blocks: Sequence[str]) -> bool:
    """Return whether the question builds on an assertion that the answer denies.

    That is its first block, or any that repeats the figures of the question, at least two.
    """
    plain = compact(query.question)
    if _NEUTRAL.search(plain) or not (_BUILDS_ON.search(plain) or _assertion(plain) == OUTRIGHT):
        return False
    figures = set(_FIGURE.findall(plain))
    repeating = [
        text for text in blocks if len(figures) >= _CLAIM_FIGURES and figures <= set(_FIGURE.findall(compact(text)))
    ]
    return any(_DENIAL.search(text) for text in (*blocks[:1], *repeating))


def forbidden(question: str) -> Reason | None:
    """Return why a question is refused whatever the material holds, or None."""
    plain = compact(question)
    for reason, pattern in _RULES:
        innocent = _INNOCENT.get(reason)
        if pattern.search(plain) and not (innocent and innocent.search(plain)):
            return reason
    return None


def topic_of(reason: Reason) -> str | None:
    """Return the question whose answer from the corpus belongs beside a refusal for ``reason``, or None."""
    return _TOPICS.get(reason)


def refusal_text(reason: Reason) -> str:
    """Return the sentence that says why there is no answer."""
    return _TEXTS[reason]


def asserted_claim(query: Query, hits: Sequence[Hit]) -> Hit | None:
    """Return the hit that corrects a false claim which the question takes for granted, or None.

    A neutral question about a claim (有没有八星级？) is answered; a claim that is asserted, or that the asked detail hangs
    on, makes a refusal with the correction.
    """
    plain = compact(query.question)
    strength = _assertion(plain)
    if not strength:
        return None
    words = [word.text for word in content_words(query.question)]
    asserted = quantities(plain)
    forbids = strength < OUTRIGHT and _FORBIDS.search(plain)
    for hit in hits[:_CLAIM_DEPTH]:
        near = hit.score >= _CLAIM_RATIO * hits[0].score
        claims = [claim for claim in _claims(hit.clause) if not forbids or _FORBIDS.search(claim)]
        if near and any(_repeats(words, asserted, claim, hit.clause, strength) for claim in claims):
            return hit
    return None


def _claims(clause: Clause) -> list[str]:
    return [compact(block.text.partition("：")[2]) for block in clause.blocks if block.kind is BlockKind.CLAIM]


def _repeats(words: Sequence[str], asserted: set[tuple[str, str]], claim: str, clause: Clause, strength: int) -> bool:
    """Return whether the question says the claim rather than its correction.

    Its quantities are of the units that the claim speaks of and are not the ones that the correction gives; its words
    stand in the claim at least as often as in the correction.
    """
    correction = compact("\n".join(block.text for _, block in answer_blocks(clause)))
    if asserted:
        if asserted <= quantities(correction) - quantities(claim):
            return False
        if not {unit for _, unit in asserted} & {unit for _, unit in quantities(claim)} and strength < OUTRIGHT:
            return False
    in_claim = {word for word in words if word in claim}
    in_correction = {word for word in words if word in correction}
    return len(in_claim) >= _CLAIM_WORDS and len(in_claim) >= _CLAIM_SHARE * len(in_claim | in_correction)


def _assertion(plain: str) -> int:
    """Return 0 for a neutral question, 1 for a claim with a request for its detail, 2 for an outright assertion."""
    if re.search(r"对吧|是吧|没错吧|既然", plain):
        return OUTRIGHT
    if _NEUTRAL.search(plain):
        return 0
    if _STRONG.search(plain):
        return OUTRIGHT
    weak, detail = list(_WEAK.finditer(plain)), list(_DETAIL.finditer(plain))
    # 投诉处理是哪一条 asks for nothing but the place: that is no claim
    return int(any(one.span() != other.span() for one in weak for other in detail))


def contradicted_quantity(query: Query, hits: Sequence[Hit]) -> bool:
    """Return whether the question asserts a quantity while the best hit names others of that unit and none names this one.

    ``证书有效期五年对吧`` against a clause that says 3 年.
    """
    plain = compact(query.question)
    if not hits or _assertion(plain) < OUTRIGHT:
        return False
    asserted = quantities(plain)
    best = quantities("\n".join(block.text for _, block in answer_blocks(hits[0].clause)))
    anywhere = {pair for hit in hits[:_CLAIM_DEPTH] for pair in quantities(hit.clause.text)}
    return any(pair not in anywhere and pair[1] in {unit for _, unit in best} for pair in asserted)


def lacks_named_document(query: Query, found: Found) -> bool:
    """Return whether the question names a document that the corpus lacks and the best hit does not speak of."""
    if not found.unknown_documents:
        return False
    if not found.hits:
        return True
    speaks = compact(found.hits[0].clause.text)
    return not any((_digits(name) or name) in speaks for name in found.unknown_documents)


def names_foreign_scheme(question: str, has: Callable[[str], bool]) -> bool:
    """Return whether the question is about a certification or system known by letters that the corpus never mentions."""
    return any(not has(match[1].lower()) for match in _SCHEME.finditer(question))


def speaks_of_field(query: Query) -> bool:
    """Return whether a question is of this field (certification, standards, tenders, after-sales) or names a document."""
    return bool(query.mentions.documents or query.mentions.clauses or _FIELD.search(query.question))


def _digits(name: str) -> str:
    return re.sub(r"^[^\d]*", "", name)
