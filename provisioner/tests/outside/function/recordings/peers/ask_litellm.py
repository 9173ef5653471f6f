"""LiteLLM's provider `bedrock/agentcore`, asked as its documentation has it.

stdin: the address of AgentCore, the runtime's ARN and the questions, as JSON. stdout: a line of JSON for each.
"""

import json
import os
import sys

sys.path.pop(0)  # This folder has a file that a package could take for its own.
os.environ.update(AWS_ACCESS_KEY_ID="-", AWS_SECRET_ACCESS_KEY="-", AWS_REGION="ap-northeast-1", LITELLM_LOCAL_MODEL_COST_MAP="True")

import litellm  # noqa: E402

litellm.suppress_debug_info = True
task = json.load(sys.stdin)
out, sys.stdout = sys.stdout, sys.stderr
for question in task["questions"]:
    pieces, failed = [], False
    asking = {"model": f"bedrock/agentcore/{task['arn']}", "messages": [{"role": "user", "content": question}], "num_retries": 0,
              "aws_bedrock_runtime_endpoint": task["address"]}
    try:
        if task["stream"]:
            for chunk in litellm.completion(**asking, stream=True):
                pieces.append(chunk.choices[0].delta.content or "")
        else:
            pieces.append(litellm.completion(**asking).choices[0].message.content or "")
    except Exception:
        failed = True
    print(json.dumps({"pieces": pieces, "failed": failed}), file=out, flush=True)
