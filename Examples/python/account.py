"""AccountService: personal accounts, what comes in and what is used outside settlements.

    /usr/bin/python3 Examples/python/account.py 127.0.0.1:8123

The server needs a ledger. A request that changes an account has the caller's request_id: sent again, it is done once.
"""

from client import RpcError, connect
from messages import account_service_pb2 as account
from messages import error_pb2
from registry import RETIRED, register

SERVICE = "jiesuan.v1.AccountService/"


def main(channel):
    register(channel)
    credit = account.CreditRequest(
        request_id="example-opening", person=RETIRED, kind=account.CREDIT_KIND_OPENING_BALANCE, amount=1_260_00,
        reason="what the account had before it was kept here")
    answer = channel.call(SERVICE + "Credit", credit, account.AccountAnswer)
    print("credited", answer.changes[0].amount, "balance then", answer.changes[0].balance)

    use = account.UseRequest(
        request_id="example-use", person=RETIRED, amount=35_50, purpose=account.USE_PURPOSE_INSTITUTION,
        institution="H2")
    answer = channel.call(SERVICE + "Use", use, account.AccountAnswer)
    print("used", -answer.changes[0].amount, "balance then", answer.changes[0].balance)

    # What an account is not for is refused by the rule.
    use.request_id, use.purpose = "example-fitness", account.USE_PURPOSE_FITNESS
    try:
        channel.call(SERVICE + "Use", use, account.AccountAnswer)
    except RpcError as error:
        print(error.code, error_pb2.DomainError.Name(error.code))

    balance = channel.call(SERVICE + "Balance", account.BalanceRequest(person=RETIRED), account.BalanceResponse)
    print("balance", balance.balance)
    statement = channel.call(
        SERVICE + "Statement", account.StatementRequest(person=RETIRED), account.StatementResponse)
    print("statement:", statement.opening, "+", statement.credits, "-", statement.uses, "=", statement.closing)


if __name__ == "__main__":
    with connect() as channel:
        main(channel)
