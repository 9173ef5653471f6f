"""The words of the tables in Japanese, for README.ja.md."""

WORDS = {
    "bare relay, no SDK (the floor)": "SDK なしの最小のリレー（下限）",
    "bare relay that joins chunks": "同上、チャンクをまとめて送る",
    "this function": "この関数",
    "Rust, the obvious way": "Rust、素直な書き方",
    "Node.js, streamifyResponse": "Node.js、streamifyResponse",
    "Node.js, buffered": "Node.js、バッファリング",
    "FastAPI + boto3 + web adapter": "FastAPI + boto3 + Web Adapter",
    "start: CPU / wall, ms": "起動：CPU / 実時間（ms）",
    "memory, MB": "メモリ（MB）",
    "first byte: cold / back to back / spaced, ms": "最初の 1 バイト：起動直後 / 続けて / 間を置いて（ms）",
    "first chunk: the same, ms": "最初のチャンク：同左（ms）",
    "delay at 50/s: p50 / p99, ms": "毎秒 50 チャンク時の遅延：p50 / p99（ms）",
    "CPU µs per chunk at 50/s (x floor)": "毎秒 50 チャンク時の CPU（1 チャンクあたり µs、下限比）",
    "CPU ms per 100,000 chunks (x floor)": "10 万チャンクあたりの CPU（ms、下限比）",
    "chunks/s": "チャンク/秒",
    "zip, MB": "zip（MB）",
    # Goals.
    "start, CPU ms": "起動の CPU（ms）",
    "memory after 3 x 100,000 chunks, MB": "3 × 10 万チャンク後のメモリ（MB）",
    "first byte back to back, ms": "続けたときの最初の 1 バイト（ms）",
    "CPU ms per 100,000 chunks": "10 万チャンクあたりの CPU（ms）",
    " (<= ": "（≦ ",
    " (>= ": "（≧ ",
    ": met); ": "：達成）、",
    ": met)": "：達成）",
    ": MISSED); ": "：未達）、",
    ": MISSED)": "：未達）",
    # The spread.
    "lowest - highest of the rounds": "ラウンドの最小 - 最大",
    "first byte, ms": "最初の 1 バイト（ms）",
    "first chunk, ms": "最初のチャンク（ms）",
    "CPU ms per 100,000 |": "10 万チャンクあたりの CPU（ms） |",
    "p50, µs": "p50（µs）",
    "p99, µs": "p99（µs）",
    "CPU µs at 50/s": "毎秒 50 チャンク時の CPU（µs）",
    "CPU of the stage": "計測側の CPU",
    # Several at once.
    "streams at once": "同時ストリーム数",
    ": MB, chunks/s": "：MB、チャンク/秒",
    # Deploying.
    "first: s, CPU s, requests": "初回：秒、CPU 秒、リクエスト数",
    "no change: s, CPU s, requests": "変更なし：同左",
    "code change: s, CPU s, requests": "コードの変更：同左",
    "MB sent": "送信（MB）",
    "outcome": "結果",
    "template: ": "テンプレート：",
    "deployed: ": "デプロイ後：",
    "as asked for": "指定どおり",
    " (it has no option for the invoke mode)": "（呼び出しモードを指定するオプションなし）",
    "FAILED": "失敗",
    # Cost.
    "1,000 answers of 5 minutes": "5 分の回答 1,000 件",
    "smallest memory (an estimate)": "最小のメモリ（見積もり）",
    "Managed Instance (an estimate)": "Managed Instances（見積もり）",
    " at once: ": " 本同時：",
    # Growth.
    "CPU ms |": "CPU（ms） |",
    "CPU µs per chunk |": "1 チャンクあたりの CPU（µs） |",
    "highest memory, MB": "最大メモリ（MB）",
    "line through these chunks": "これらを通る直線",
    "line through these streams": "これらを通る直線",
    " streams of 2,000 |": " 本 × 2,000 チャンク |",
    " chunks |": " チャンク |",
    " chunks: ": " チャンクの回答：",
    " instructions each": " 命令",
    # Machine and versions.
    "- function: ": "- 関数：",
    "- deploy: ": "- デプロイ：",
    "- growth: ": "- 伸び方：",
    ", commit ": "、コミット ",
    ", rounds: ": "、ラウンド数 ",
    " cores": " コア",
    " idle before": " がアイドル（計測直前）",
}


def translated(block: str) -> str:
    """A table's Markdown with its words replaced, longer ones first."""
    for english in sorted(WORDS, key=len, reverse=True):
        block = block.replace(english, WORDS[english])
    return block
