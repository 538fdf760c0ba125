"""Reading a Polis export: what stands, and what is refused."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.bad_input import BadInput
from madang.core.opinion.conversation import AGREE, DISAGREE, PASS, UNSEEN, input_hash
from madang.core.opinion.csv_rows import TextFile, decode_text
from madang.core.opinion.polis_export import read_conversation, read_statements, read_topic

VOTES_HEADER = "timestamp,datetime,comment-id,voter-id,vote"
COMMENTS_HEADER = "timestamp,comment-id,author-id,agrees,disagrees,moderated,comment-body"


def make_votes(*rows: str, header: str = VOTES_HEADER) -> TextFile:
    return decode_text("votes.csv", "\n".join([header, *rows, ""]).encode())


def make_comments(*rows: str, header: str = COMMENTS_HEADER) -> TextFile:
    return decode_text("comments.csv", "\n".join([header, *rows, ""]).encode())


def make_standing(*rows: str, header: str = "participant,group-id,n-votes,0,2") -> TextFile:
    return decode_text("participants-votes.csv", "\n".join([header, *rows, ""]).encode())


def test_the_newest_vote_stands_and_the_history_is_kept():
    conversation = read_conversation(votes=make_votes("20,,0,7,1", "10,,0,7,-1", "15,,2,8,0"))
    assert conversation.participant_ids == (7, 8)
    assert [statement.id for statement in conversation.statements] == [0, 2]
    assert conversation.votes.tolist() == [[AGREE, UNSEEN], [UNSEEN, PASS]]
    assert conversation.history is not None
    assert conversation.history.cast_at_ms.tolist() == [10, 15, 20]
    assert conversation.history.votes.tolist() == [DISAGREE, PASS, AGREE]


def test_of_two_votes_at_one_time_the_later_line_stands():
    conversation = read_conversation(votes=make_votes("10,,0,7,1", "10,,0,7,-1"))
    assert conversation.votes.tolist() == [[DISAGREE]]


def test_standing_votes_and_published_groups_are_read_where_the_history_is_missing():
    conversation = read_conversation(participants_votes=make_standing("9,1,2,1,-1", "3,,1,,0"))
    assert conversation.participant_ids == (3, 9)
    assert conversation.votes.tolist() == [[UNSEEN, PASS], [AGREE, DISAGREE]]
    assert conversation.published_groups == (None, 1)
    assert conversation.history is None


def test_a_statement_may_span_lines_and_columns_may_be_missing_or_moved():
    statements = read_statements(
        make_comments('7,"Two\nlines, one ""statement""",true', "5,Plain,false",
                      header="comment-id,comment-body,is-meta")
    )  # fmt: skip
    assert [(s.id, s.text, s.is_out) for s in statements] == [
        (5, "Plain", False),
        (7, 'Two\nlines, one "statement"', True),
    ]


def test_moderated_out_and_statements_without_votes_are_kept_apart_from_the_rest():
    conversation = read_conversation(
        votes=make_votes("1,,0,1,1"),
        comments=make_comments("1,0,5,1,0,1,In", "1,1,5,0,0,-1,Out", "1,2,,0,0,0,Not yet"),
    )
    assert conversation.moderated_out.tolist() == [False, True, False]
    assert conversation.votes.tolist() == [[AGREE, UNSEEN, UNSEEN]]


def test_a_byte_order_mark_is_no_part_of_the_first_column():
    file = decode_text("votes.csv", f"\ufeff{VOTES_HEADER}\r\n1,,0,1,1\r\n".encode())
    assert read_conversation(votes=file).votes.tolist() == [[AGREE]]


@pytest.mark.parametrize(
    ("line", "why", "files"),
    [
        (None, "is empty", {"votes": decode_text("votes.csv", b"")}),
        (None, "holds no votes", {"votes": make_votes()}),
        (1, "lacks: voter-id", {"votes": make_votes(header="timestamp,comment-id,vote")}),
        (1, "stands twice", {"votes": make_votes(header=VOTES_HEADER + ",vote")}),
        (3, "The vote is “2”", {"votes": make_votes("1,,0,1,1", "1,,0,1,2")}),
        (2, "The vote is “1.0”", {"votes": make_votes("1,,0,1,1.0")}),
        (2, "voter-id is “x”", {"votes": make_votes("1,,0,x,1")}),
        (2, "voter-id is “”", {"votes": make_votes("1,,0,,1")}),
        (2, "comment-id is “1_0”", {"votes": make_votes("1,,1_0,1,1")}),
        (3, "voter-id is “１”", {"votes": make_votes("1,,0,1,1", "1,,0,１,1")}),
        (5, "The vote is “x”", {"votes": make_votes('1,"a\r\nb",0,1,1', "", "1,,0,1,x")}),
        (2, "timestamp is “nan”", {"votes": make_votes("nan,,0,1,1")}),
        (2, "too large", {"votes": make_votes("9999999999999999,,0,1,1")}),
        (2, "timestamp is 253402300800000", {"votes": make_votes("253402300800000,,0,1,1")}),
        (2, "timestamp is “-1”", {"votes": make_votes("-1,,0,1,1")}),
        (2, "voter-id is 9007199254740993", {"votes": make_votes("1,,0,9007199254740993,1")}),
        (3, "voter-id is “-4”", {"votes": make_votes("1,,0,1,1", "1,,0,-4,1")}),
        (2, "comment-id is “-4”", {"votes": make_votes("1,,-4,1,1")}),
        (2, "has 3 fields", {"votes": make_votes("1,,0")}),
        (2, "must be written twice", {"votes": make_votes('1,"a"b,0,1,1')}),
        (2, "too long to be read", {"votes": make_votes(f"1,{'a' * 200_000},0,1,1")}),
        (3, "opens here is never", {"votes": make_votes("1,,0,1,1", '1,"a,0,1,1', "1,,0,1,1")}),
        (5, "opens here is never", {"votes": make_votes("", '1,"a\nb",0,1,1', '1,"a,0,1,1')}),
        (3, "must be written twice", {"votes": make_votes("1,,0,1,1", '1,"a', '1,"b,0,1,1')}),
        (None, "holds no votes", {"participants_votes": make_standing("1,,0,,")}),
        (3, "Participant 1 stands", {"participants_votes": make_standing("1,,1,1,", "1,,1,1,")}),
        (2, "The vote is “5”", {"participants_votes": make_standing("1,,1,5,")}),
        (2, "group-id is “a”", {"participants_votes": make_standing("1,a,1,1,")}),
    ],
)
def test_bad_votes_are_refused_with_file_line_and_reason(line, why, files):
    with pytest.raises(BadInput) as refusal:
        read_conversation(**files)
    assert refusal.value.source in {"votes.csv", "participants-votes.csv"}
    assert refusal.value.line == line
    assert why in str(refusal.value)


@pytest.mark.parametrize(
    ("line", "why", "rows"),
    [
        (None, "holds no comments", []),
        (4, "Comment 3 stands twice", ['1,3,1,0,0,1,"on\ntwo lines"', "1,3,1,0,0,1,again"]),
        (2, "moderated is “maybe”", ["1,3,1,0,0,maybe,text"]),
        (2, "author-id is “me”", ["1,3,me,0,0,1,text"]),
        (2, "comment-id is “-”", ["1,-,1,0,0,1,text"]),
    ],
)
def test_bad_comments_are_refused_with_line_and_reason(line, why, rows):
    with pytest.raises(BadInput) as refusal:
        read_statements(make_comments(*rows))
    assert (refusal.value.source, refusal.value.line) == ("comments.csv", line)
    assert why in str(refusal.value)


def test_a_vote_on_a_comment_of_another_conversation_is_refused():
    def comments() -> TextFile:
        return make_comments("1,0,5,1,0,1,Only this")

    with pytest.raises(BadInput, match=r"^votes\.csv:3: There are votes on comment 9"):
        read_conversation(votes=make_votes("2,,0,1,1", "1,,9,1,1"), comments=comments())
    with pytest.raises(BadInput, match=r"-votes\.csv:1: There are votes on comment 2"):
        read_conversation(participants_votes=make_standing("1,,1,1,"), comments=comments())


def test_another_encoding_is_refused_at_the_line_of_its_first_byte():
    with pytest.raises(BadInput, match=r"seoul\.csv:2: The file is not UTF-8"):
        decode_text("seoul.csv", f"{VOTES_HEADER}\n서울".encode("cp949"))


def test_a_nul_character_is_refused_at_its_line():
    with pytest.raises(BadInput, match=r"votes\.csv:2: The line holds a NUL character"):
        decode_text("votes.csv", f"{VOTES_HEADER}\n\0\n".encode())


def test_the_topic_is_what_the_summary_says():
    def topic(text: str) -> str:
        return read_topic(decode_text("summary.csv", text.encode()))

    assert topic('topic,"Lamps, and more "\nurl,x\n') == "Lamps, and more"
    assert topic("url,x\n") == ""


@settings(deadline=None)  # a busy machine is no bug
@given(st.permutations([(at, at % 3, at % 4, at % 2) for at in range(12)]))
def test_the_order_of_lines_means_nothing_where_times_differ(cast):
    def read(rows):
        lines = [f"{at},,{statement},{voter},{vote}" for at, statement, voter, vote in rows]
        return read_conversation(votes=make_votes(*lines))

    assert input_hash(read(cast)) == input_hash(read(sorted(cast)))


@settings(deadline=None)  # a busy machine is no bug
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"))))
def test_any_text_of_a_statement_comes_back_as_it_was(texts):
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(["comment-id", "comment-body"])
    writer.writerows(enumerate(["first", *texts]))
    statements = read_statements(decode_text("comments.csv", file.getvalue().encode()))
    assert [statement.text for statement in statements] == ["first", *texts]


def test_the_hash_names_votes_and_moderation_but_not_texts():
    def hash_of(vote: int, moderated: int, text: str) -> str:
        comments = make_comments(f"1,0,5,1,0,{moderated},{text}")
        return input_hash(read_conversation(votes=make_votes(f"1,,0,1,{vote}"), comments=comments))

    assert hash_of(1, 1, "a") == hash_of(1, 0, "b")
    assert len({hash_of(1, 1, "a"), hash_of(0, 1, "a"), hash_of(1, -1, "a")}) == 3


def test_votes_are_small_whole_numbers():
    assert read_conversation(votes=make_votes("1,,0,1,1")).votes.dtype == np.int8
