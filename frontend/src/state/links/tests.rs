//! Links and code in texts of many scripts.

use super::*;

fn check(text: &str, expected: &[Piece<'_>]) {
    let found = pieces(text);
    assert_eq!(found, expected, "{text:?}");
    let joined: String = found
        .iter()
        .map(|piece| match piece {
            Piece::Text(t) | Piece::Code(t) | Piece::Link(t) => *t,
        })
        .collect();
    assert_eq!(joined, text);
}

#[test]
fn finds_links_and_leaves_the_sentence_around_them() {
    use Piece::{Link, Text};
    check("hello", &[Text("hello")]);
    check("", &[]);
    check("https://a.example", &[Link("https://a.example")]);
    check("see https://a.example/x?y=1#z.", &[Text("see "), Link("https://a.example/x?y=1#z"), Text(".")]);
    check("(http://a.b/c)", &[Text("("), Link("http://a.b/c"), Text(")")]);
    check("http://a.b/c_(d)", &[Link("http://a.b/c_(d)")]);
    check("HTTPS://A.B, ok", &[Link("HTTPS://A.B"), Text(", ok")]);
    check("<http://a.b>\nhttp://c.d", &[Text("<"), Link("http://a.b"), Text(">\n"), Link("http://c.d")]);
    check("日本http://a.b", &[Text("日本"), Link("http://a.b")]);
    check("请看https://a.b，谢谢", &[Text("请看"), Link("https://a.b"), Text("，谢谢")]);
    check("（https://a.b/x）と", &[Text("（"), Link("https://a.b/x"), Text("）と")]);
    check("「https://a.b/x」です", &[Text("「"), Link("https://a.b/x"), Text("」です")]);
    check("https://a.b/x。次", &[Link("https://a.b/x"), Text("。次")]);
    check("https://a.b/x、https://c.d/y", &[Link("https://a.b/x"), Text("、"), Link("https://c.d/y")]);
    check("«http://a.b»", &[Text("«"), Link("http://a.b"), Text("»")]);
    check("http://a.b/\u{202E}cod.exe", &[Link("http://a.b/"), Text("\u{202E}cod.exe")]);
    check("[text](http://a.b/c)s", &[Text("[text]("), Link("http://a.b/c"), Text(")s")]);
    check("{http://a.b/c}", &[Text("{"), Link("http://a.b/c"), Text("}")]);
    check("http://a.b/{id}?x[]=1", &[Link("http://a.b/{id}?x[]=1")]);
    check("http://[::1]:80/x", &[Link("http://[::1]:80/x")]);
    check("_http://a.b/c_", &[Text("_"), Link("http://a.b/c"), Text("_")]);
    check("~~http://a.b/c~~.", &[Text("~~"), Link("http://a.b/c"), Text("~~.")]);
    check("http://a.b/~c_", &[Link("http://a.b/~c_")]);
    check("http://a.b/例え", &[Link("http://a.b/例え")]);
    check("→http://例え.テスト/é", &[Text("→"), Link("http://例え.テスト/é")]);
}

#[test]
fn sentence_in_another_script_ends_the_link() {
    for rest in [
        "．次",
        "｡次",
        "］",
        "｛x｝",
        "｝",
        "～",
        "〜",
        "⟩",
        "——好",
        "…",
        "……好",
        "؟",
        "،",
        "؛ x",
        "।",
        "॥",
        "۔",
        "·",
        "・",
    ] {
        for link in
            ["https://a.example", "https://a.example/x", "https://a.example/한국", "https://a.example/x?y=é"]
        {
            check(&format!("{link}{rest}"), &[Piece::Link(link), Piece::Text(rest)]);
        }
    }
}

#[test]
fn next_word_without_a_space_is_not_of_the_link() {
    use Piece::{Link, Text};
    for rest in ["는", "에서는", "입니다.", "です。次", "を見て", "を「見て」", "👍"] {
        for link in [
            "https://a.example",
            "https://a.example:80",
            "https://a.example/x1",
            "https://a.example/%ED%95%9C",
        ] {
            check(&format!("{link}{rest}"), &[Link(link), Text(rest)]);
        }
    }
    check("https://a.example·b/x", &[Link("https://a.example"), Text("·b/x")]);
    check("https://a.example请看/x", &[Link("https://a.example"), Text("请看/x")]);
    check("https://한국.example을", &[Link("https://한국.example"), Text("을")]);
    check("(https://a.b/x)는", &[Text("("), Link("https://a.b/x"), Text(")는")]);
}

#[test]
fn names_in_other_scripts_belong_to_the_link() {
    for link in [
        "https://ko.wikipedia.org/wiki/한국",
        "https://ko.wikipedia.org/wiki/이",
        "https://ko.wikipedia.org/wiki/LG전자",
        "https://ja.wikipedia.org/wiki/佐々木_(曖昧さ回避)",
        "https://ja.wikipedia.org/wiki/Tシャツ",
        "https://ja.wikipedia.org/wiki/ジョン・レノン",
        "https://zh.wikipedia.org/wiki/T恤",
        "https://ca.wikipedia.org/wiki/Col·lecció",
        "https://de.wikipedia.org/wiki/München–Berlin",
        "https://مثال.إختبار/x",
        "https://例え.テスト",
        "https://ex.example/?q=한국",
    ] {
        check(link, &[Piece::Link(link)]);
    }
}

#[test]
fn code_stands_between_back_ticks() {
    use Piece::{Code, Link, Text};
    check("run `cargo test` now", &[Text("run "), Code("`cargo test`"), Text(" now")]);
    check("```\nlet a = `b`;\n``` ok", &[Code("```\nlet a = `b`;\n```"), Text(" ok")]);
    check("``a `b` c``", &[Code("``a `b` c``")]);
    check("````\n```\n````` ok", &[Code("````\n```\n`````"), Text(" ok")]);
    check("`http://a.b` http://c.d", &[Code("`http://a.b`"), Text(" "), Link("http://c.d")]);
    for plain in ["a ` b", "a ``", "``a` b", "` a\nb `", "```", "don`t"] {
        check(plain, &[Text(plain)]);
    }
}

#[test]
fn only_http_is_a_link() {
    for text in
        ["javascript://alert(1)", "ftp://a.b", "http://", "http:// a", "xhttp://a.b", "://", "a://b http:/c"]
    {
        check(text, &[Piece::Text(text)]);
    }
}
