#!/usr/bin/env bash
# Claims settled from a shell, once and only once: HTTP and JSON by curl.
#
#   Examples/shell/settle.sh 127.0.0.1:8123 my-id-1
#
# Examples/README.md says what it needs and shows. Amounts are whole fen (分).
set -euo pipefail
if [ $# -ne 2 ]; then
    echo "usage: settle.sh HOST:PORT ID (of a settlement that there is not yet)" >&2
    exit 2
fi
address=$1
id=$2

# Sends one request and prints its answer, whatever the status: call METHOD JSON. Fails where no answer came.
call() {
    curl --silent --max-time 30 -H 'content-type: application/json' -d "$2" "http://$address/jiesuan.v1.$1"
}

# A member's value in an answer, in quotes or not; nothing where proto3 JSON leaves it out: member NAME JSON
member() { grep -o "\"$1\": *\"\\{0,1\\}[^\",}]*" <<<"$2" | head -n 1 | sed 's/.*: *"\{0,1\}//'; }

tell() {
    local parts=()
    for name in fundTotal accountPaid cash; do
        value=$(member $name "$2" || true)
        parts+=("${value:-0}")
    done
    echo "$1 funds ${parts[0]} account ${parts[1]} cash ${parts[2]}"
}

# Settles for keeps, and prints the answer. Where no answer comes, or a code that says so (4106 not confirmed, 4107 the
# store takes nothing now, 2003 the server stops, 2004 too much at once), it is asked again with the same id: the server
# settles an id once, and answers it the next time as it did the first.
settle() {
    local attempt answer
    for attempt in 1 2 3 4 5 6 7 8; do
        if answer=$(call SettlementService/Settle "$1"); then
            case $(member code "$answer" || true) in
            4106 | 4107 | 2003 | 2004) ;;
            *)
                echo "$answer"
                return
                ;;
            esac
        fi
        sleep "0.$attempt"
    done
    echo "no answer after $attempt attempts" >&2
    return 1
}

tell calculated "$(call CalculationService/Calculate '{"region": "chongqing",
    "claim": {"kind": "CLAIM_KIND_OUTPATIENT", "serviceDate": 20240630, "institution": {"level": "LEVEL_2"},
              "cost": {"total": 280000, "inPolicy": 280000}},
    "person": {"insurance": "INSURANCE_EMPLOYEE", "membership": "MEMBERSHIP_EMPLOYER",
               "status": "WORK_STATUS_RETIRED"},
    "year": {"year": 2024}, "accounts": [{"balance": 126000}]}')"

visit='{"settlementId": "'$id'", "person": 101, "institution": "H2",
    "claim": {"kind": "CLAIM_KIND_OUTPATIENT", "serviceDate": 20240630, "cost": {"total": 5000, "inPolicy": 5000}}}'
# The answer of the first attempt is lost: nobody knows what became of it.
call SettlementService/Settle "$visit" >/dev/null || true
first=$(settle "$visit")
tell settled "$first"
again=$(settle "$visit")
if [ "$again" = "$first" ]; then echo "asked again: the same answer"; else echo "asked again: ANOTHER ANSWER"; fi

record=$(call SettlementService/Get '{"settlementId": "'"$id"'"}')
echo "looked up: person $(member person "$record") in $(member region "$record")"

reversal=$(call SettlementService/Reverse '{"settlementId": "'"$id"'", "reason": "wrong person"}')
if [ "$(member settlementId "$reversal")" = "$id" ]; then echo "taken back: yes"; else echo "taken back: NO"; fi
refused=$(settle "$visit")
echo "refused: $(member code "$refused") $(member name "$refused")"
