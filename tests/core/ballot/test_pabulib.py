"""Reading and writing .pb: what is kept, and each thing that is refused with its line."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.bad_input import BadInput
from madang.core.ballot.election import Project, VoteType
from madang.core.ballot.pabulib import PabulibFile, Vote, read_pabulib
from madang.core.ballot.pabulib_writer import write_pabulib

GOOD = """\
META
key;value
description;A quarter decides
num_projects;2
num_votes;3
budget;1000,50
vote_type;approval
max_length;2
PROJECTS
project_id;cost;name;category;target;statement;name_en
7;300;"Garden; with a \"\"bench\"\"";green;seniors,children;12;Garden
lamp/1;99.95;Lamps;;;;Lamps
VOTES
voter_id;vote;age
a;7,lamp/1;34
b;;51
c;lamp/1;
"""
CUMULATIVE = (
    GOOD.replace(";approval", ";cumulative")
    .replace("voter_id;vote;age", "voter_id;vote;points")
    .replace("a;7,lamp/1;34", "a;7,lamp/1;2,0.5")
    .replace("b;;51", "b;;")
    .replace("c;lamp/1;", "c;lamp/1;3")
)


def read(text: str, **options):
    return read_pabulib(text.splitlines(keepends=True), "vote.pb", **options)


def test_everything_in_the_file_reaches_the_caller():
    file = read(GOOD)
    assert (file.budget, file.vote_type) == (Fraction("1000.5"), VoteType.APPROVAL)
    assert file.meta["description"] == "A quarter decides"
    assert [(p.id, p.cost) for p in file.projects] == [("7", 300), ("lamp/1", Fraction("99.95"))]
    assert file.projects[0].columns == {
        "name": 'Garden; with a "bench"',
        "category": "green",
        "target": "seniors,children",
        "statement": "12",
        "name_en": "Garden",
    }
    assert file.votes[0] == Vote("a", ("7", "lamp/1"), (), {"age": "34"})
    assert file.votes[1].projects == ()


def test_empty_ballots_count_as_voters():
    election = read(GOOD).election()
    assert (election.voter_count, election.support) == (3, (1, 2))


def test_points_and_ranks_reach_the_election():
    assert read(CUMULATIVE).votes[0].points == (2, Fraction(1, 2))
    points = read(CUMULATIVE).election()
    assert (points.points_scale, [p.tolist() for p in points.points]) == (2, [[4], [1, 6]])
    ranks = read(GOOD.replace(";approval", ";ordinal")).election()
    assert [p.tolist() for p in ranks.points] == [[1], [0, 0]]


def test_points_that_64_bits_cannot_add_up_are_refused():
    text = CUMULATIVE.replace("2,0.5", "1000000000,0.000001")
    read(text).election()
    many = "".join(f"n{voter};7;1000000000\n" for voter in range(9230))
    text = text.replace("num_votes;3", "num_votes;9233") + many
    with pytest.raises(BadInput, match="more digits than can be added up"):
        read(text).election()


@pytest.mark.parametrize("text", ["\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), GOOD + "\n\n"])
def test_byte_order_marks_line_ends_and_blank_lines_change_nothing(text):
    assert read(text) == read(GOOD)


def test_a_line_break_inside_quotes_does_not_shift_the_lines_named():
    text = GOOD.replace("Lamps;;;;Lamps", '"Lamps\nand more";;;;Lamps').replace("c;lamp/1;", "c;x;")
    with pytest.raises(BadInput, match=r"^vote\.pb:18: The vote names project x, which does not"):
        read(text)


REFUSED = [
    ("", None, "The file is empty"),
    ("\n\n", None, "The file is empty"),
    ("PROJECTS\nproject_id;cost\n", None, "Section META is missing"),
    ("hello\n", 1, "The file must begin with the section META"),
    (GOOD[: GOOD.index("VOTES")], None, "Section VOTES is missing"),
    (GOOD[: GOOD.index("a;7")], None, "Section VOTES holds no rows"),
    (("Lamps;;;;Lamps", '"Lamps;;;;Lamps'), 12, "A quotation mark that opens here is never closed"),
    (GOOD + "META\n", 18, "Section META appears twice"),
    (("budget;1000,50", "budget;0"), 6, "The budget must be more than zero"),
    (("budget;1000,50", "budget;-5"), 6, "The budget must be more than zero"),
    (("budget;1000,50", "budget;a lot"), 6, "The budget a lot is not a number"),
    (("budget;1000,50", "budget;1e6"), 6, "The budget 1e6 is not a number"),
    (("budget;1000,50", "budget;1,000"), 6, "can be read in two ways; write 1000 or 1.000."),
    (("budget;1000,50", "budget;1,000,000"), 6, "The budget 1,000,000 is not a number"),
    (("7;300", "7;12,500"), 11, "The cost 12,500 can be read in two ways"),
    (("budget;1000,50\n", ""), None, "META does not say the budget"),
    (("budget;1000,50", "budget"), 6, "The line has 1 fields where its header has 2"),
    (("budget;1000,50", "budget;9\nbudget;9"), 7, "The key budget appears twice"),
    ((";approval", ";hands"), 7, "The vote type hands is unknown"),
    (("num_projects;2", "num_projects;3"), 4, "num_projects says 3, but the file holds 2"),
    (("num_votes;3", "num_votes;4"), 5, "num_votes says 4, but the file holds 3"),
    (("max_length;2", "max_length;1"), 15, "The vote names 2 projects; max_length allows 1"),
    (("project_id;cost", "id;cost"), 10, "Section PROJECTS has no column project_id"),
    (("voter_id;vote;age", "voter_id;choice;age"), 14, "Section VOTES has no column vote"),
    (("name;category", "name;name"), 10, "The header has a column without a name, or one twice"),
    (("7;300", "7;0"), 11, "The cost of project 7 must be more than zero"),
    (("7;300", "7;-3"), 11, "The cost of project 7 must be more than zero"),
    (("7;300", "7;cheap"), 11, "The cost cheap is not a number"),
    (("lamp/1;99.95", "7;99.95"), 12, "Project 7 appears twice"),
    (("lamp/1;99.95", ";99.95"), 12, "The project id  cannot be used"),
    (("Lamps;;;;Lamps", "Lamps;;"), 12, "The line has 5 fields where its header has 7"),
    (("c;lamp/1;", "c;lamp/2;"), 17, "The vote names project lamp/2, which does not exist"),
    (("c;lamp/1;", "c;lamp/1,;"), 17, "The vote names project '', which does not exist"),
    (("c;lamp/1;", "c;7,7;"), 17, "The vote names the same project twice"),
    (("c;lamp/1;", "a;lamp/1;"), 17, "Voter a appears twice; first on line 15"),
    (("c;lamp/1;", "c;lamp/1;;9"), 17, "The line has 4 fields where its header has 3"),
    ((";approval", ";choose-1"), 15, "The vote names several projects; one may be chosen"),
    ((";approval", ";cumulative"), 14, "Section VOTES has no column points"),
    (CUMULATIVE.replace("2,0.5", "2"), 15, "The vote names 2 projects and gives points to 1"),
    (CUMULATIVE.replace("2,0.5", "2,-1"), 15, "Points cannot be negative"),
    (CUMULATIVE.replace("2,0.5", "2,x"), 15, "The points x is not a number"),
    (CUMULATIVE.replace("2,0.5", f"2,{'9' * 50}"), 15, "have more digits than can be counted"),
    (CUMULATIVE.replace("2,0.5", "2,0.0000005"), 15, "The points 0.0000005 have more digits"),
    (GOOD + "d;" + "x" * 200_000 + ";\n", 18, "A field of this row is too long"),
]


@pytest.mark.parametrize(("change", "line", "reason"), REFUSED, ids=[r[2] for r in REFUSED])
def test_bad_input_is_refused_with_its_line(change, line, reason):
    text = change if isinstance(change, str) else GOOD.replace(*change)
    assert text != GOOD
    with pytest.raises(BadInput) as refusal:
        read(text)
    assert (refusal.value.source, refusal.value.line) == ("vote.pb", line)
    assert reason in str(refusal.value)


def test_a_disagreement_can_be_accepted_knowingly():
    text = GOOD.replace("num_votes;3", "num_votes;9").replace("max_length;2", "max_length;1")
    assert read(text, accept_disagreement=True).votes == read(GOOD).votes


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters=","), min_size=1
)


@st.composite
def pabulib_files(draw):
    vote_type = draw(st.sampled_from([*VoteType]))
    amounts = st.decimals("0.01", "1e9", places=2).map(Fraction)
    ids = draw(st.lists(words, min_size=1, max_size=5, unique=True))
    most = 1 if vote_type == VoteType.CHOOSE_1 else len(ids)
    votes = []
    for number in range(draw(st.integers(1, 5))):
        projects = draw(st.lists(st.sampled_from(ids), unique=True, max_size=most))
        points = draw(st.tuples(*[amounts] * len(projects))) if vote_type.has_points else ()
        votes.append(Vote(str(number), tuple(projects), points, {"age": draw(words)}))
    return PabulibFile(
        meta={"description": draw(words)},
        vote_type=vote_type,
        budget=draw(amounts),
        projects=tuple(Project(id_, draw(amounts), {"name": draw(words)}) for id_ in ids),
        votes=tuple(votes),
    )


@given(pabulib_files())
def test_what_is_written_is_read_back(file):
    again = read(write_pabulib(file))
    assert (again.projects, again.votes, again.budget) == (file.projects, file.votes, file.budget)
    assert again.meta["description"] == file.meta["description"]
    assert again.election().input_sha256 == file.election().input_sha256
