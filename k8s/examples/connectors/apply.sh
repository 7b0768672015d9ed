#!/bin/sh
# Puts each /connectors/NAME.json into the worker as the configuration of the connector NAME. PUT creates a connector or changes it,
# and one that has this configuration already goes on undisturbed. All are tried; the exit code is 1 when one was refused.
#   WORKER       where the worker is
#   CONNECTORS   the folder with the files; default /connectors
#   CURL_CONFIG  a file with options of curl, such as  user = "name:password"  or  header = "Authorization: Bearer …"; need not exist
set -u

config=${CURL_CONFIG:-/dev/null}
[ -f "$config" ] || config=/dev/null
failed=0
for file in "${CONNECTORS:-/connectors}"/*.json; do
    name=$(basename "$file" .json)
    echo "$name"
    # What passes is tried again: no connection, time-outs, 429 and 5xx. A wrong configuration is not.
    curl --config "$config" --silent --show-error --fail-with-body --retry 10 --retry-connrefused --max-time 100 \
        --request PUT --header 'Content-Type: application/json' --data-binary "@$file" \
        "$WORKER/connectors/$name/config" || failed=1
    echo
done
exit $failed
