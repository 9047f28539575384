// One claim settled from C++: Apache brpc's baidu_std protocol over a plain socket, with Google's protobuf.
//
// docs/calling/README.md has the commands that make the messages and run this.
//
// A packet is "PRPC", the body's size, the meta's size (big-endian, the 12 bytes not counted), RpcMeta, message.
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>

#include "baidu_std/rpc_meta.pb.h"
#include "jiesuan/v1/calculation_service.pb.h"

namespace {

/// The server's answer is an error: 1000 to 2999 are brpc's own codes, 4000 to 4999 the DomainErrors.
struct RpcError : std::runtime_error {
    RpcError(int code, const std::string &text) : std::runtime_error(text), code(code) {}
    int code;
};

/// One connection, one call at a time.
class Channel {
  public:
    Channel(const char *host, const char *port) {
        addrinfo hints{}, *found = nullptr;
        hints.ai_socktype = SOCK_STREAM;
        if (getaddrinfo(host, port, &hints, &found) != 0) throw std::runtime_error("no such host");
        socket_ = socket(found->ai_family, found->ai_socktype, 0);
        bool connected = connect(socket_, found->ai_addr, found->ai_addrlen) == 0;
        freeaddrinfo(found);
        if (!connected) throw std::runtime_error(std::string("cannot connect: ") + strerror(errno));
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

        std::string header = receive(12);
        if (header.compare(0, 4, "PRPC") != 0) throw std::runtime_error("not a packet");
        memcpy(sizes, header.data() + 4, sizeof sizes);
        std::string packet = receive(ntohl(sizes[0]));
        size_t metaSize = ntohl(sizes[1]);
        if (metaSize > packet.size() || !meta.ParseFromString(packet.substr(0, metaSize)))
            throw std::runtime_error("not a packet");
        const baidu_std::RpcResponseMeta &told = meta.response();
        if (told.error_code() != 0) throw RpcError(told.error_code(), told.error_text());
        if (!answer.ParseFromString(packet.substr(metaSize))) throw std::runtime_error("not the expected answer");
    }

  private:
    void send(const std::string &bytes) {
        for (size_t at = 0; at < bytes.size();) {
            ssize_t sent = ::send(socket_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
            if (sent <= 0) throw std::runtime_error("the server closed the connection");
            at += sent;
        }
    }
    std::string receive(size_t count) {
        std::string bytes(count, '\0');
        for (size_t at = 0; at < count;) {
            ssize_t got = recv(socket_, &bytes[at], count - at, 0);
            if (got <= 0) throw std::runtime_error("the server closed the connection");
            at += got;
        }
        return bytes;
    }
    int socket_ = -1;
    int64_t last_ = 0;
};

}  // namespace

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: calculate HOST PORT\n");
        return 2;
    }
    namespace v1 = jiesuan::v1;
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

    try {
        Channel channel(arguments[1], arguments[2]);
        v1::CalculateResponse answer;
        channel.call("jiesuan.v1.CalculationService", "Calculate", request, answer);
        printf("funds %ld account %ld cash %ld\n", (long)answer.outcome().fund_total(),
               (long)answer.outcome().account_paid(), (long)answer.outcome().cash());
    } catch (const RpcError &error) {
        fprintf(stderr, "refused (%d): %s\n", error.code, error.what());
        return 1;
    } catch (const std::exception &error) {
        fprintf(stderr, "%s\n", error.what());
        return 4;
    }
}
