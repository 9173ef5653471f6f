"""The words of the tables in Japanese, for README.ja.md."""

WORDS = {
    "bare relay, no SDK (the floor)": "SDK なしの最小の中継（下限）",
    "bare relay that joins chunks": "同上、チャンクをまとめて送る",
    "this function": "この関数",
    "Rust, the obvious way": "Rust、素直な書き方",
    "Node.js, streamifyResponse": "Node.js、streamifyResponse",
    "Node.js, buffered": "Node.js、バッファリング",
    "FastAPI + boto3 + web adapter": "FastAPI + boto3 + Web Adapter",
    "start: CPU / wall, ms": "起動：CPU / 実時間（ms）",
    "memory, MB": "メモリー（MB）",
    "first byte: cold / warm, ms": "最初の 1 バイト：コールド / ウォーム（ms）",
    "first chunk: cold / warm, ms": "最初のチャンク：コールド / ウォーム（ms）",
    "delay: p50 / p99, ms": "遅延：p50 / p99（ms）",
    "CPU, ms per 100,000 chunks": "CPU（10 万チャンクあたり ms）",
    "chunks/s": "チャンク/秒",
    "zip, MB": "zip（MB）",
    "streams at once": "同時ストリーム数",
    "in one process": "1 プロセスで",
    "yes": "はい",
    "first: s, CPU s, requests": "初回：秒、CPU 秒、リクエスト数",
    "no change: the same": "変更なし：同左",
    "code change: the same": "コードの変更：同左",
    "MB sent": "送信（MB）",
    "what is there then": "できたもの",
    "as asked for": "指定どおり",
    "it has no option for the invoke mode": "呼び出しモードを指定するオプションがない",
    "moto's CloudFormation does not make what its change set describes": "moto の CloudFormation は SAM の変換をしない",
    "moto's CloudFormation does not know AWS::Lambda::Url, which the template has":
        "テンプレートにある AWS::Lambda::Url を moto の CloudFormation が知らない",
    "FAILED": "失敗",
    "1,000 answers of 5 minutes": "5 分の回答 1,000 件",
    "smallest memory": "最小のメモリー",
    "Managed Instance": "Managed Instances",
    " at once: ": " 本同時：",
    "highest memory, MB": "最大メモリー（MB）",
    "line through these chunks": "これらを通る直線",
    "line through these streams": "これらを通る直線",
    " streams of 2,000 |": " 本 × 2,000 チャンク |",
    " chunks |": " チャンク |",
    "CPU ms": "CPU（ms）",
}


def translated(block: str) -> str:
    """A table's Markdown with its words replaced, longer ones first."""
    for english in sorted(WORDS, key=len, reverse=True):
        block = block.replace(english, WORDS[english])
    return block
