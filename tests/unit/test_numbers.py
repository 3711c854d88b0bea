import pytest

from assistant.answering.checks.numbers import wrong_figures
from tests.unit.checked import source

MANAGERS = source(
    "企业应按服务管理人员的10%配备售后服务管理师，且不少于1名。",
    "售后服务管理师应当持有证书，证书有效期为3年。",
    context="GB/T 27922-2011 5.1.2.2 商品售后服务评价体系 2011-12-30 发布 2012-02-01 实施",
)
DEADLINES = source(
    "认证机构应当自受理之日起90个工作日内作出认证决定，逾期不超过三十日。",
    "罚款金额为五千元以上三万元以下，约占合同额的百分之二。",
    context="认证认可条例 第二十四条第一款第（三）项 国务院令第390号 2003年11月1日起施行",
)
LEVELS = source(
    "三星级的得分应为80分及以上，四星级为90分及以上，五星级为95分及以上，满分100分。", context="GB/T 27922-2011 7"
)
ALL = (MANAGERS, DEADLINES, LEVELS)


@pytest.mark.parametrize(
    "text",
    [
        "服务管理人员的百分之十要有售后服务管理师。",
        "管理师至少一名，按 10% 配。",
        "证书三年有效。",
        "证书有效期为36个月。",
        "认证决定在90个工作日以内作出。",
        "罚款5000元以上3万元以下。",
        "罚款五千元到三万元。",
        "约占合同额的2%。",
        "五星级要95分以上。",
        "四星级至少90分。",
        "不得超过30天。",
        "认证机构应当公开收费标准。",
    ],
)
def test_the_same_numbers_in_other_spellings_are_right(text: str) -> None:
    assert wrong_figures(text, ALL) == []


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("服务管理人员的15%要有售后服务管理师。", "15%"),
        ("证书有效期为5年。", "5年"),
        ("证书有效期为3个月。", "3个月"),
        ("认证决定在60个工作日内作出。", "60个工作日"),
        ("认证决定在90日内作出。", "90日"),
        ("罚款八千元以上三万元以下。", "八千元"),
        ("满分120分。", "120分"),
        ("约占合同额的百分之三。", "百分之三"),
        ("证书有效期3.5年。", "3.5年"),
    ],
)
def test_a_number_or_unit_that_no_source_has_is_wrong(text: str, figure: str) -> None:
    assert f"“{figure}”不在所引条款中" in wrong_figures(text, ALL)


def test_a_number_is_looked_for_in_the_cited_sources_only() -> None:
    assert wrong_figures("证书有效期为3年。", [MANAGERS]) == []
    assert wrong_figures("证书有效期为3年。", [LEVELS]) == ["“3年”不在所引条款中"]


def test_without_sources_every_number_is_wrong() -> None:
    assert wrong_figures("证书有效期为3年。", []) == ["“3年”不在所引条款中"]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("本标准2012年2月1日实施。", []),
        ("本标准自2012-02-01起实施。", []),
        ("本标准2012年起实施。", []),
        ("本标准2011年12月30日发布。", []),
        ("本标准2012年3月1日实施。", ["日期“2012年3月1日”不在所引条款中"]),
        ("本标准2013年实施。", ["日期“2013年”不在所引条款中"]),
        ("本标准2011年12月30日实施。", ["“2011年12月30日”在条款中是发布日期，不是实施日期"]),
        ("本标准2012年2月1日发布。", ["“2012年2月1日”在条款中是实施日期，不是发布日期"]),
        ("本标准2012年2月1日废止。", ["“2012年2月1日”在条款中是实施日期，不是废止日期"]),
    ],
)
def test_dates_and_what_happened_on_them(text: str, problems: list[str]) -> None:
    assert wrong_figures(text, [MANAGERS]) == problems


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("管理师要配1名。", "“1名”在条款中是“不少于”，界限丢了"),
        ("管理师最多1名。", "“不超过1名”与条款中的“不少于”不是一回事"),
        ("管理师不足1名的也行。", "“不足1名”与条款中的“不少于”不是一回事"),
        ("认证决定至少90个工作日作出。", "“不少于90个工作日”与条款中的“不超过”不是一回事"),
        ("认证决定超过90个工作日作出。", "“超过90个工作日”与条款中的“不超过”不是一回事"),
        ("证书有效期至少3年。", "“不少于3年”在条款中没有这个界限"),
        ("满分不超过100分。", "“不超过100分”在条款中没有这个界限"),
        ("五星级要95分以下。", "“不超过95分”与条款中的“不少于”不是一回事"),
    ],
)
def test_a_bound_lost_added_or_reversed_is_wrong(text: str, problem: str) -> None:
    assert problem in wrong_figures(text, ALL)


def test_the_ends_of_a_range_are_its_bounds() -> None:
    held = [source("初审一般需要3-5天。")]
    for text in ("初审一般需要3天到5天。", "初审至少3天，最多5天。", "初审要3至5日。"):
        assert wrong_figures(text, held) == []
    assert wrong_figures("初审最多3天。", held) == ["“不超过3天”与条款中的“起点”不是一回事"]
    assert wrong_figures("初审一般需要3-6天。", held) == ["“3-6天”不在所引条款中", "“3-6天”在条款的这个地方是“3-5天”"]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("见 5.1.2.2。", True),
        ("见 5.1.2。", True),
        ("见 5.1。", True),
        ("见 5.1.2.3。", False),
        ("见 5.1.2.2.1。", False),
        ("见 5.1.22。", False),
        ("依据 GB/T 27922。", True),
        ("依据 GB/T 27922-2011。", True),
        ("依据 27922-2011。", True),
        ("依据 GB/T 27922-2021。", False),
        ("依据 SB/T 27922-2011。", False),
        ("依据 GB/T 19001-2016。", False),
    ],
)
def test_a_reference_may_be_to_the_parent_of_a_clause_and_without_a_year(text: str, right: bool) -> None:
    problems = wrong_figures(text, [MANAGERS])
    assert (problems == []) is right


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("依据第二十四条。", []),
        ("依据第24条第1款第3项。", []),
        ("依据第（三）项。", []),
        ("依据国务院令第390号。", []),
        ("依据第二十五条。", ["“第二十五条”不在所引条款中"]),
        ("依据第二十四条第二款。", ["“第二款”不在所引条款中"]),
        ("依据国务院令第309号。", ["“第309号”不在所引条款中"]),
    ],
)
def test_articles_and_document_numbers(text: str, problems: list[str]) -> None:
    assert wrong_figures(text, [DEADLINES]) == problems


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("三星级要80分及以上。", True),
        ("五星级要95分以上。", True),
        ("三星级要90分及以上。", False),
        ("五星级的得分为80分及以上。", False),
        ("要评五星级，得分应为90分及以上。", False),
        ("三星级80分、四星级90分、五星级95分及以上。", True),
    ],
)
def test_a_star_level_needs_its_own_score(text: str, right: bool) -> None:
    problems = wrong_figures(text, [LEVELS])
    assert any("不在一处" in problem or "这个地方" in problem for problem in problems) is not right


def test_the_levels_of_a_table_are_told_by_row() -> None:
    table = [source("| 三星级 | 80 分及以上 |", "| 四星级 | 90 分及以上 |", "| 五星级 | 95 分及以上 |")]
    assert wrong_figures("五星级是95分及以上。", table) == []
    assert wrong_figures("五星级是90分及以上。", table) != []


def test_figures_that_the_sources_hold_apart_are_not_joined() -> None:
    held = [source("整车保修期为3年或10万公里，易损件为2年或6万公里。")]
    assert wrong_figures("易损件保2年或6万公里。", held) == []
    assert "“3年”和“6万公里”在条款中不在一处" in wrong_figures("整车保3年或6万公里。", held)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("您有25名售后人员，管理师不少于1名。", []),
        ("贵公司的25人里要有10%是管理师。", []),
        ("企业有25名售后人员，管理师不少于1名。", ["“25名”不在所引条款中"]),
        ("您有26名售后人员。", ["“26名”不在所引条款中", "“26名”与问题里说的“25名”不一致"]),
    ],
)
def test_the_askers_own_figures_come_back_only_where_the_asker_is_spoken_of(text: str, problems: list[str]) -> None:
    assert wrong_figures(text, [MANAGERS], "我们有25名售后人员，要配几个管理师？") == problems


@pytest.mark.parametrize("entry", ["4. ", "4、", "（4）", "(4) ", "- 4. ", "四、", "第四，", "4) "])
def test_the_number_of_an_entry_is_no_figure(entry: str) -> None:
    assert wrong_figures(f"{entry}证书有效期为3年。", [MANAGERS]) == []


def test_a_decimal_at_the_beginning_is_no_entry_number() -> None:
    assert wrong_figures("4.5 分是满分。", [MANAGERS]) == ["“4.5分”不在所引条款中"]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("材料共三种。", []),
        ("以上四项都要交。", []),
        ("材料共五种。", ["“五种”不在所引条款中"]),
        ("材料至少三种。", ["“三种”不在所引条款中"]),
    ],
)
def test_a_count_may_be_of_what_the_source_lists(text: str, problems: list[str]) -> None:
    assert wrong_figures(text, [source("材料包括营业执照、服务手册和网点清单。")]) == problems


def test_a_reference_that_only_begins_alike_is_no_parent() -> None:
    assert wrong_figures("见 5.1.2。", [source("见 5.1.22。")]) == ["“5.1.2”不在所引条款中"]


@pytest.mark.parametrize(
    "text",
    [
        "特别扣分项到了5个就不合格。",
        "凑够5个特别扣分项的，不算合格。",
        "特别扣分项少于5个才有资格定级，一分也不能再丢。",
        "注册资本低于300万元的，机构办不成。",
        "证书有效期并非一成不变，别的条件差一分也不行，这一块要留三分余地。",
        "铁板一块的百分制只适用于第二批企业。",
    ],
)
def test_conditions_turned_round_and_fixed_words_are_no_fault(text: str) -> None:
    clause = source("特别扣分项5个及以上的，评为不合格。", "注册资本不得少于300万元。", "证书有效期为3年。")
    assert wrong_figures(text, [clause]) == []


@pytest.mark.parametrize("text", ["特别扣分项最多5个的，评为不合格。", "注册资本低于300万元的可以申请。"])
def test_a_bound_turned_round_is_still_a_fault(text: str) -> None:
    clause = source("特别扣分项5个及以上的，评为不合格。", "注册资本不得少于300万元。")
    assert wrong_figures(text, [clause])


def test_the_number_of_an_item_is_a_reference() -> None:
    clause = source("依据第二十三条第一款第六项处理。")
    assert wrong_figures("依据第二十三条第一款第六项处理。", [clause]) == []
    assert wrong_figures("依据第二十三条第一款第五项处理。", [clause])
