// Claims settled from C++, once and only once: Apache brpc's baidu_std protocol over a plain socket, with Google's protobuf.
//
// Examples/README.md has the commands that make the messages and run this, and what it shows.
//
// A packet is "PRPC", the body's size, the meta's size (big-endian, the 12 bytes not counted), RpcMeta, message.
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

#include "baidu_std/rpc_meta.pb.h"
#include "jiesuan/v1/calculation_service.pb.h"
#include "jiesuan/v1/error.pb.h"
#include "jiesuan/v1/settlement_service.pb.h"

namespace {

namespace v1 = jiesuan::v1;

/// The server's answer is an error: 1000 to 2999 are brpc's own codes, 4000 to 4999 the DomainErrors.
struct RpcError : std::runtime_error {
    RpcError(int code, const std::string &text) : std::runtime_error(text), code(code) {}
    int code;
};

/// Whether the server did what was asked is not known.
struct NoAnswer : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One connection, one call at a time.
class Channel {
  public:
    Channel(const char *host, const char *port) {
        addrinfo hints{}, *found = nullptr;
        hints.ai_socktype = SOCK_STREAM;
        if (getaddrinfo(host, port, &hints, &found) != 0) throw NoAnswer("no such host");
        socket_ = socket(found->ai_family, found->ai_socktype, 0);
        bool connected = connect(socket_, found->ai_addr, found->ai_addrlen) == 0;
        freeaddrinfo(found);
        if (!connected) throw NoAnswer(std::string("cannot connect: ") + strerror(errno));
        timeval patience{30, 0};
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        int yes = 1;
        setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    ~Channel() { close(socket_); }
    Channel(const Channel &) = delete;

    /// Sends one request and waits for its answer. Throws RpcError where the server refuses.
    void call(const std::string &service, const std::string &method, const google::protobuf::Message &request,
              google::protobuf::Message &answer) {
        baidu_std::RpcMeta meta;
        meta.set_correlation_id(++last_);
        meta.mutable_request()->set_service_name(service);
        meta.mutable_request()->set_method_name(method);
        std::string head = meta.SerializeAsString(), body = request.SerializeAsString();
        uint32_t sizes[2] = {htonl(head.size() + body.size()), htonl(head.size())};
        send("PRPC" + std::string(reinterpret_cast<char *>(sizes), sizeof sizes) + head + body);
        receive(answer);
    }

    /// Nothing is heard from the server any more, as when a cable is pulled.
    void cut() { shutdown(socket_, SHUT_RD); }

  private:
    void receive(google::protobuf::Message &answer) {
        uint32_t sizes[2];
        std::string header = receive(12);
        if (header.compare(0, 4, "PRPC") != 0) throw std::runtime_error("not a packet");
        memcpy(sizes, header.data() + 4, sizeof sizes);
        std::string packet = receive(ntohl(sizes[0]));
        size_t metaSize = ntohl(sizes[1]);
        baidu_std::RpcMeta meta;
        if (metaSize > packet.size() || !meta.ParseFromString(packet.substr(0, metaSize)))
            throw std::runtime_error("not a packet");
        const baidu_std::RpcResponseMeta &told = meta.response();
        if (told.error_code() != 0) throw RpcError(told.error_code(), told.error_text());
        if (!answer.ParseFromString(packet.substr(metaSize))) throw std::runtime_error("not the expected answer");
    }
    void send(const std::string &bytes) {
        for (size_t at = 0; at < bytes.size();) {
            ssize_t sent = ::send(socket_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
            if (sent <= 0) throw NoAnswer("the connection is gone");
            at += sent;
        }
    }
    std::string receive(size_t count) {
        std::string bytes(count, '\0');
        for (size_t at = 0; at < count;) {
            ssize_t got = recv(socket_, &bytes[at], count - at, 0);
            if (got <= 0) throw NoAnswer("the connection is gone");
            at += got;
        }
        return bytes;
    }
    int socket_ = -1;
    int64_t last_ = 0;
};

/// Settles for keeps. Where no answer comes it is asked again with the same id, on a new connection: the server settles
/// an id once, and answers it the next time as it did the first.
v1::SettleResponse settle(const char *host, const char *port, const v1::SettleRequest &request, bool cutFirst = false) {
    for (int attempt = 1;; attempt++) {
        try {
            Channel channel(host, port);
            if (cutFirst && attempt == 1) channel.cut();
            v1::SettleResponse answer;
            channel.call("jiesuan.v1.SettlementService", "Settle", request, answer);
            return answer;
        } catch (const RpcError &error) {
            // Not confirmed, the store takes nothing now, the server stops, too much at once: ask again. All other
            // codes are final.
            bool again = error.code == v1::NOT_CONFIRMED || error.code == v1::STORE_UNAVAILABLE ||
                         error.code == 2003 || error.code == 2004;
            if (!again || attempt == 8) throw;
        } catch (const NoAnswer &) {
            if (attempt == 8) throw;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50 << attempt));
    }
}

void tell(const char *what, const v1::Outcome &outcome) {
    printf("%s funds %ld account %ld cash %ld\n", what, (long)outcome.fund_total(), (long)outcome.account_paid(),
           (long)outcome.cash());
}

/// What a claim comes to, with nothing kept: all facts travel with it.
v1::CalculateRequest calculation() {
    v1::CalculateRequest request;
    request.set_region("chongqing");
    v1::Claim &claim = *request.mutable_claim();
    claim.set_kind(v1::CLAIM_KIND_OUTPATIENT);
    claim.set_service_date(20240630);
    claim.mutable_institution()->set_level(v1::LEVEL_2);
    claim.mutable_cost()->set_total(280000);  // fen (分): 2,800 yuan
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

}  // namespace

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: settle HOST PORT ID (of a settlement that there is not yet)\n");
        return 2;
    }
    const char *host = arguments[1], *port = arguments[2];
    const std::string id = arguments[3], ledger = "jiesuan.v1.SettlementService";
    try {
        Channel channel(host, port);
        v1::CalculateResponse calculated;
        channel.call("jiesuan.v1.CalculationService", "Calculate", calculation(), calculated);
        tell("calculated", calculated.outcome());

        // The answer of the first attempt is lost: nobody knows what became of it.
        v1::SettleResponse first = settle(host, port, visit(id), true);
        tell("settled", first.outcome());
        v1::SettleResponse again = settle(host, port, visit(id));
        bool same = again.SerializeAsString() == first.SerializeAsString();
        printf("asked again: %s\n", same ? "the same answer" : "ANOTHER ANSWER");

        v1::GetRequest get;
        get.set_settlement_id(id);
        v1::SettlementRecord record;
        channel.call(ledger, "Get", get, record);
        printf("looked up: person %lu in %s\n", (unsigned long)record.request().person(), record.region().c_str());

        v1::ReverseRequest reverse;
        reverse.set_settlement_id(id);
        reverse.set_reason("wrong person");
        v1::ReverseResponse reversal;
        channel.call(ledger, "Reverse", reverse, reversal);
        printf("taken back: %s\n", reversal.settlement_id() == id ? "yes" : "NO");
        try {
            settle(host, port, visit(id));
            printf("settled AGAIN\n");
        } catch (const RpcError &error) {
            printf("refused: %d %s\n", error.code, v1::DomainError_Name(v1::DomainError(error.code)).c_str());
        }
    } catch (const RpcError &error) {
        fprintf(stderr, "refused (%d): %s\n", error.code, error.what());
        return 1;
    } catch (const std::exception &error) {
        fprintf(stderr, "%s\n", error.what());
        return 4;
    }
}
