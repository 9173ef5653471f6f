#!/bin/sh
# The handler, as the Lambda Web Adapter's examples have it.
cd "$(dirname "$0")" && exec python -m uvicorn --host=127.0.0.1 --port="$PORT" --log-level=warning main:app
