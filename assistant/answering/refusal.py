"""What is refused whatever the material holds, what is refused for lack of material, and in which words."""

import re
from collections.abc import Callable

from assistant.retrieval.search import Found, has_claim
from assistant.retrieval.understand import Query
from assistant.text import compact, terms
from assistant.types import BlockKind, Clause, Hit, Reason

SUPPORT_LINE = 0.5
_CLAIM_COVERAGE = 0.5

_RECORDS = r"(?:记录|台账|工单|投诉单|回访|满意度|调查表|问卷|报告|档案|发票|合同|证书|证明|资质|材料|资料|照片|签到|培训)"
_RULES: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (
        Reason.INSTRUCTION,
        re.compile(
            r"(?:忽略|无视|忘记|忘掉|跳过|不要管|抛开)(?:掉|你|以上|上面|之前|前面|所有|全部|一切|的|这些|那些)*(?:指令|规则|要求|限制|设定|提示|约束|内容)|"
            r"(?:系统|开发者?)(?:提示词?|指令|prompt)|提示词(?:原文|内容|是什么)|systemprompt|ignore(?:all|any|the|your|previous|above)+|"
            r"(?:你现在|从现在起|接下来)你?(?:是|扮演|充当|变成)|(?:直接|只要?|必须|一律|统一)(?:回答|回复|输出|说)[“\"'「]?(?:是|可以|能|五星|通过|没有问题|[a-z]+)[”\"'」]?(?:即可|就行|就好|$)|"
            r"(?:不要|不用|别)(?:给|加|带|写|标)(?:出处|引用|来源|依据)|输出(?:你的)?(?:密钥|apikey|配置|环境变量)|jailbreak|dan模式|</?(?:system|script|instruction)"
        ),
    ),
    (
        Reason.FORGERY,
        re.compile(
            rf"(?:编造|伪造|造假|作假|做假|假造|虚构|捏造|倒签|ps一?(?:张|个|份)|p一?(?:张|个|份))(?!.{{0,12}}(?:后果|处罚|怎么罚|罚|责任|会怎|违法|算不算|属于|被查|举报|的企业|的机构))|"
            rf"(?:帮|给|替|代)(?:我|我们|咱们?|忙)?.{{0,8}}(?:写|编|补|造|做|弄|搞|生成|凑|出|填|拟).{{0,14}}(?:去年|前年|上半年|过去|以前|补齐|假|应付|糊弄|蒙混|没做过|没有做).{{0,20}}{_RECORDS}?|"
            rf"(?:帮|给|替|代)(?:我|我们|咱们?|忙)?.{{0,8}}(?:写|编|补|造|做|弄|搞|生成|凑|填).{{0,20}}{_RECORDS}.{{0,12}}(?:应付|糊弄|蒙混|骗|过关|对付)|"
            rf"(?:怎么|如何|怎样).{{0,4}}(?:补|编|造|做|弄|凑)(?:几份|几张|一批|一份|一些|一套|出)?.{{0,6}}(?:假|虚假|以前的|去年的|过去的).{{0,6}}{_RECORDS}|"
            rf"(?:买|弄|搞|办)(?:一?张|个|本|份)?假(?:的)?.{{0,6}}(?:证|章)|(?:日期|时间)(?:往前|提前|倒)(?:写|签|填|改)"
        ),
    ),
    (
        Reason.GUARANTEE,
        re.compile(
            r"(?:你|你们)?(?:能|能不能|可以|可不可以|敢)?(?:保证|担保|打包票|承诺|确保|包)(?:我们?|咱们?|公司|一定|肯定|百分百|100%|能|让我们?)+.{0,8}(?:拿|过|通过|评|得|中标|五星|四星|下证|成功)|"
            r"(?:给|跟|向)(?:我|我们)(?:保证|担保|打包票|承诺)|(?:你|你们)(?:能|能不能|敢|可以)?(?:包过|保过|包拿|包中标)|"
            r"(?:能|能不能|可以)(?:保证|担保|打包票).{0,6}(?:拿到?|通过|评上|中标)|预测.{0,10}(?:能不能|是否|能)(?:通过|拿到|评上|中标)"
        ),
    ),
    (
        Reason.LEGAL_ADVICE,
        re.compile(
            r"(?:起诉|打官司|告(?:他|它|她|上法院|上法庭|赢|倒|那家|这家|商家|机构|公司|对方)|胜诉|败诉|诉讼(?:策略|费|请求)|起诉状|律师函|仲裁申请|能判|会判|判多少|判几年|"
            r"(?:我|我们|公司|厂|家)(?:这|这个|这种|那).{0,10}(?:官司|案子|案件|纠纷).{0,10}(?:怎么|能|赢|打))"
        ),
    ),
)
_TEXTS = {
    Reason.GUARANTEE: "不能作这样的保证：能否通过、评几星由认证机构按标准和现场评审结果决定，任何人都不能事先担保。",
    Reason.FORGERY: "不能协助编造或补做记录、证明：这会构成虚假认证，要承担法律责任。可以帮您查今后真实运行需要留哪些记录。",
    Reason.LEGAL_ADVICE: "这里不对具体纠纷、诉讼提供法律意见，请咨询律师或向主管部门（12315）反映。",
    Reason.INSTRUCTION: "问题里夹带了与查询无关的指令，没有执行。请直接提出关于售后服务认证的问题。",
    Reason.OFF_TOPIC: "这个问题不在本库范围内。本库只收售后服务认证（GB/T 27922）及相关的标准、法规、政策和办理指南。",
    Reason.NOT_IN_MATERIAL: "资料中没有能回答这个问题的内容，因此不作回答。",
    Reason.UNKNOWN_IN_MATERIAL: "资料中没有：这一点在所收资料里记为未知。",
    Reason.FALSE_PREMISE: "问题的前提不成立，因此不能按这个前提回答。",
}
_ASSERTION = re.compile(
    r"对吧|对不对|是吧|没错吧|是不是这样|吧[，,。？?！!]|吧$|既然|反正|(?:请|麻烦)?(?:引用|给出|指出|写出|列出)(?:一下)?(?:具体)?(?:条款|条文|条号|原文|出处)|"
    r"第几条|哪一条|哪条(?:规定|款)|听说.{0,30}(?:多少|怎么办|哪)|(?:怎么|如何|哪里|去哪)(?:申请|办|拿|评|买|下载)|什么时候(?:实施|施行|发布|生效|换)"
)
_DEPENDENT = re.compile(r"(?:罚|处罚)(?:多少|几|什么)|要?罚(?:我们?|款)?吗|多少分才|要交多少|多少钱")
_NEUTRAL = re.compile(r"是不是|有没有|是否|是真的吗|真的吗|可信吗|对吗|靠谱吗|能信吗|吗[？?]?$")


def forbidden(question: str) -> Reason | None:
    """Return why a question is refused whatever the material holds, or None."""
    plain = compact(question)
    for reason, pattern in _RULES:
        if pattern.search(plain):
            return reason
    return None


def refusal_text(reason: Reason) -> str:
    """Return the sentence that says why there is no answer."""
    return _TEXTS[reason]


def asserted_claim(query: Query, hit: Hit, idf: Callable[[str], float]) -> bool:
    """Return whether the question takes for granted a false claim that the clause of ``hit`` corrects.

    A neutral question about the claim (有没有八星级？) is answered; an assertion, or a question for a detail that hangs on
    the claim, is refused with the correction.
    """
    if not has_claim(hit.clause) or not _repeats_claim(query, hit.clause, idf):
        return False
    plain = compact(query.question)
    if _ASSERTION.search(plain):
        return True
    return bool(_DEPENDENT.search(plain)) and not _NEUTRAL.search(plain)


def _repeats_claim(query: Query, clause: Clause, idf: Callable[[str], float]) -> bool:
    """Return whether the question holds the numbers of a claim and most of the claim's weight, or most of its own in it."""
    own = set(query.weights)
    for block in clause.blocks:
        if block.kind is not BlockKind.CLAIM:
            continue
        words = set(terms(block.text.partition("：")[2]))
        numbers = {word for word in words if word[0].isdigit()}
        shared = sum(idf(word) for word in words & own)
        either = min(sum(idf(word) for word in words), sum(idf(word) for word in query.core) or 1.0) or 1.0
        if numbers <= own and shared >= _CLAIM_COVERAGE * either:
            return True
    return False


def lacks_named_document(query: Query, found: Found) -> bool:
    """Return whether the question names a document that the corpus lacks and the best hit does not speak of."""
    if not found.unknown_documents:
        return False
    if not found.hits:
        return True
    speaks = compact(found.hits[0].clause.text)
    return not any(_digits(name) in speaks for name in found.unknown_documents)


def _digits(name: str) -> str:
    return re.sub(r"^[^\d]*", "", name)
