// Claims settled from C++ by gRPC, once and only once.
//
// Examples/README.md has the commands that make the messages and run this, and what it shows. Amounts are whole fen (分).
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "jiesuan/v1/calculation_service.grpc.pb.h"
#include "jiesuan/v1/settlement_service.grpc.pb.h"

namespace {

namespace v1 = jiesuan::v1;
using Ledger = v1::SettlementService::Stub;

/// The server refused, or no answer came in 8 attempts.
struct Refused {
    grpc::Status status;
};

void demand(const grpc::Status &status) {
    if (!status.ok()) throw Refused{status};
}

void limit(grpc::ClientContext &context) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
}

/// Whether it was settled is not known, or it can be later: ask again. All other codes are final.
bool isOpen(grpc::StatusCode code) {
    return code == grpc::UNAVAILABLE || code == grpc::DEADLINE_EXCEEDED || code == grpc::RESOURCE_EXHAUSTED ||
           code == grpc::CANCELLED || code == grpc::UNKNOWN;
}

/// Settles for keeps. Where no answer comes it is asked again with the same id: the server settles an id once, and
/// answers it the next time as it did the first. With lose the first attempt has no time, as when a line breaks.
v1::SettleResponse settle(Ledger &ledger, const v1::SettleRequest &request, bool lose = false) {
    for (int attempt = 1;; attempt++) {
        grpc::ClientContext context;
        limit(context);
        if (lose && attempt == 1) context.set_deadline(std::chrono::system_clock::now() + std::chrono::microseconds(50));
        v1::SettleResponse answer;
        grpc::Status status = ledger.Settle(&context, request, &answer);
        if (status.ok()) return answer;
        if (!isOpen(status.error_code()) || attempt == 8) throw Refused{status};
        std::this_thread::sleep_for(std::chrono::milliseconds(50 << attempt));
    }
}

void tell(const char *what, const v1::Outcome &outcome) {
    printf("%s funds %ld account %ld cash %ld\n", what, (long)outcome.fund_total(), (long)outcome.account_paid(),
           (long)outcome.cash());
}

/// A claim with all facts: what it comes to is told, and nothing is kept.
v1::CalculateRequest calculation() {
    v1::CalculateRequest request;
    request.set_region("chongqing");
    v1::Claim &claim = *request.mutable_claim();
    claim.set_kind(v1::CLAIM_KIND_OUTPATIENT);
    claim.set_service_date(20240630);
    claim.mutable_institution()->set_level(v1::LEVEL_2);
    claim.mutable_cost()->set_total(280000);  // 2,800 yuan
    claim.mutable_cost()->set_in_policy(280000);
    request.mutable_person()->set_insurance(v1::INSURANCE_EMPLOYEE);
    request.mutable_person()->set_membership(v1::MEMBERSHIP_EMPLOYER);
    request.mutable_person()->set_status(v1::WORK_STATUS_RETIRED);
    request.mutable_year()->set_year(2024);
    request.add_accounts()->set_balance(126000);
    return request;
}

/// A visit of a registered person at a registered hospital: the register knows the rest.
v1::SettleRequest visit(const std::string &id) {
    v1::SettleRequest request;
    request.set_settlement_id(id);
    request.set_person(101);
    request.set_institution("H2");
    request.mutable_claim()->set_kind(v1::CLAIM_KIND_OUTPATIENT);
    request.mutable_claim()->set_service_date(20240630);
    request.mutable_claim()->mutable_cost()->set_total(5000);
    request.mutable_claim()->mutable_cost()->set_in_policy(5000);
    return request;
}

void run(const std::string &address, const std::string &id) {
    grpc::ChannelArguments options;
    options.SetMaxReceiveMessageSize(64 << 20);  // answers of batches are larger than the 4 MiB that clients take
    auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), options);
    auto calculator = v1::CalculationService::NewStub(channel);
    auto ledger = v1::SettlementService::NewStub(channel);

    grpc::ClientContext calculating, looking, reversing;
    limit(calculating);
    v1::CalculateResponse calculated;
    demand(calculator->Calculate(&calculating, calculation(), &calculated));
    tell("calculated", calculated.outcome());

    v1::SettleResponse first = settle(*ledger, visit(id), true);
    tell("settled", first.outcome());
    v1::SettleResponse again = settle(*ledger, visit(id));
    bool same = again.SerializeAsString() == first.SerializeAsString();
    printf("asked again: %s\n", same ? "the same answer" : "ANOTHER ANSWER");

    limit(looking);
    v1::GetRequest get;
    get.set_settlement_id(id);
    v1::SettlementRecord record;
    demand(ledger->Get(&looking, get, &record));
    printf("looked up: person %lu in %s\n", (unsigned long)record.request().person(), record.region().c_str());

    limit(reversing);
    v1::ReverseRequest reverse;
    reverse.set_settlement_id(id);
    reverse.set_reason("wrong person");
    v1::ReverseResponse reversal;
    demand(ledger->Reverse(&reversing, reverse, &reversal));
    printf("taken back: %s\n", reversal.settlement_id() == id ? "yes" : "NO");
    try {
        settle(*ledger, visit(id));
        printf("settled AGAIN\n");
    } catch (const Refused &refused) {
        // The text begins with the code's name; its number is in the details (google.rpc.ErrorInfo).
        const std::string text = refused.status.error_message();
        printf("refused: %d %s\n", refused.status.error_code(), text.substr(0, text.find_first_of(" :")).c_str());
    }
}

}  // namespace

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: settle HOST:PORT ID (of a settlement that there is not yet)\n");
        return 2;
    }
    try {
        run(arguments[1], arguments[2]);
    } catch (const Refused &refused) {
        fprintf(stderr, "refused (%d): %s\n", refused.status.error_code(), refused.status.error_message().c_str());
        return 1;
    }
}
