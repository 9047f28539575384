#!/usr/bin/env bash
# Registers what the examples settle for: a second-level hospital H2 in Chongqing and a retired employee, person 101.
# What stands so already stays. Usage: Examples/register.sh HOST:PORT [JIESUAN]
set -euo pipefail
address=$1
jiesuan=${2:-.build/release/jiesuan}

call() { "$jiesuan" call "RegistryService/$1" "$2" --server "$address" >/dev/null; }

call PutInstitution '{"institution": {"code": "H2", "region": "chongqing", "level": "LEVEL_2",
    "kind": "INSTITUTION_KIND_HOSPITAL"}}'
call RegisterPerson '{"person": 101, "region": "chongqing", "birthMonth": 196205}'
call Enrol '{"person": 101, "enrolment": {"insurance": "INSURANCE_EMPLOYEE", "membership": "MEMBERSHIP_EMPLOYER",
    "status": "WORK_STATUS_RETIRED", "coveredFrom": 20200101}}'
