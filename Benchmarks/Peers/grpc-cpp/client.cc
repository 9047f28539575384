// Closed-loop load on the gRPC peers: a number of channels with a number of calls in flight each.
#include <getopt.h>
#include <google/protobuf/arena.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../shared/process_time.h"
#include "../shared/report.h"
#include "jiesuan/v1/calculation_service.grpc.pb.h"
#include "peer.grpc.pb.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr uint64_t calls_min = 4;  // answers that a measurement has at least, however long they take

struct Options {
  std::string address = "127.0.0.1:50051", message, rows, dump;
  int channels = 4, in_flight = 64;
  double seconds = 10, warm_up = 1;
  long server_pid = 0;
  bool is_json = false;
};

// What an answer must be like: every answer is compared with the first.
struct Sums {
  int64_t claims = 0, cash = 0, funds = 0, layers = 0;
  bool operator==(const Sums &other) const {
    return claims == other.claims && cash == other.cash && funds == other.funds && layers == other.layers;
  }
};

struct Totals {
  histogram latency{};
  uint64_t calls = 0, errors = 0;
  std::string first_error, first_answer;
  std::optional<Sums> expected;
  bool is_measuring = false, is_sending = true;
  int outstanding = 0;
};

Sums sums_of(const jiesuan::v1::CalculateResponse &response) {
  const jiesuan::v1::Outcome &outcome = response.outcome();
  return {1, outcome.cash(), outcome.fund_total(), outcome.layers_size()};
}

Sums sums_of(const jiesuan::peer::CalculateRowsResponse &response) {
  Sums sums;
  for (const auto &row : response.responses()) {
    Sums one = sums_of(row);
    sums = {sums.claims + 1, sums.cash + one.cash, sums.funds + one.funds, sums.layers + one.layers};
  }
  return sums;
}

class Call {
 public:
  virtual ~Call() = default;
  virtual void start() = 0;
  virtual void finish(bool ok) = 0;
};

// One call in flight, over and over, with the same request.
template <class Stub, class Request, class Response, auto method>
class RepeatedCall final : public Call {
 public:
  RepeatedCall(Stub *stub, grpc::CompletionQueue *queue, Totals *totals, const Request *request)
      : stub_(stub), queue_(queue), totals_(totals), request_(request) {}

  void start() override {
    reader_.reset();
    context_.emplace();
    arena_.Reset();
    response_ = google::protobuf::Arena::CreateMessage<Response>(&arena_);
    totals_->outstanding++;
    sent_ = Clock::now();
    reader_ = (stub_->*method)(&*context_, *request_, queue_);
    reader_->Finish(response_, &status_, this);
  }

  void finish(bool ok) override {
    totals_->outstanding--;
    if (totals_->is_measuring) {
      totals_->calls++;
      histogram_record(&totals_->latency, static_cast<uint64_t>((Clock::now() - sent_).count()));
    }
    if (!ok || !status_.ok()) {
      count_error(status_.error_message());
    } else if (!totals_->expected) {
      totals_->expected = sums_of(*response_);
      totals_->first_answer = response_->SerializeAsString();
    } else if (!(sums_of(*response_) == *totals_->expected)) {
      count_error("an answer differs from the first");
    }
    if (totals_->is_sending) start();
  }

 private:
  void count_error(const std::string &text) {
    if (totals_->errors++ == 0) totals_->first_error = text;
  }

  Stub *stub_;
  grpc::CompletionQueue *queue_;
  Totals *totals_;
  const Request *request_;
  google::protobuf::Arena arena_;
  Response *response_ = nullptr;
  std::optional<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader_;
  grpc::Status status_;
  Clock::time_point sent_;
};

using CalculationStub = jiesuan::v1::CalculationService::Stub;
using PeerStub = jiesuan::peer::PeerService::Stub;
using UnaryCall = RepeatedCall<
    CalculationStub, jiesuan::v1::CalculateRequest, jiesuan::v1::CalculateResponse,
    &CalculationStub::AsyncCalculate>;
using RowsCall = RepeatedCall<
    PeerStub, jiesuan::peer::CalculateRowsRequest, jiesuan::peer::CalculateRowsResponse,
    &PeerStub::AsyncCalculateRows>;

[[noreturn]] void fail(const std::string &text) {
  std::fprintf(stderr, "client: %s\n", text.c_str());
  std::exit(1);
}

Options read_options(int count, char **arguments) {
  static const option known[] = {
      {"help", no_argument, nullptr, 'h'}, {"message", required_argument, nullptr, 'm'},
      {"rows", required_argument, nullptr, 'r'}, {"address", required_argument, nullptr, 'a'},
      {"channels", required_argument, nullptr, 'c'}, {"in-flight", required_argument, nullptr, 'f'},
      {"seconds", required_argument, nullptr, 'd'}, {"warm-up", required_argument, nullptr, 'w'},
      {"server-pid", required_argument, nullptr, 'P'}, {"dump", required_argument, nullptr, 'D'},
      {"json", no_argument, nullptr, 'j'}, {}};
  Options options;
  for (int found; (found = getopt_long(count, arguments, "h", known, nullptr)) != -1;) {
    switch (found) {
      case 'm': options.message = optarg; break;
      case 'r': options.rows = optarg; break;
      case 'a': options.address = optarg; break;
      case 'c': options.channels = std::atoi(optarg); break;
      case 'f': options.in_flight = std::atoi(optarg); break;
      case 'd': options.seconds = std::atof(optarg); break;
      case 'w': options.warm_up = std::atof(optarg); break;
      case 'P': options.server_pid = std::atol(optarg); break;
      case 'D': options.dump = optarg; break;
      case 'j': options.is_json = true; break;
      default:
        std::puts(
            "Usage: client --message FILE | --rows FILE [options]\n"
            "Closed-loop load on a gRPC server; every answer must be like the first.\n\n"
            "  --message FILE      a CalculateRequest: single calls\n"
            "  --rows FILE         a CalculateRowsRequest: batches of rows\n"
            "  --address HOST:PORT default 127.0.0.1:50051\n"
            "  --channels NUMBER   default 4, a connection each\n"
            "  --in-flight NUMBER  default 64, of a channel\n"
            "  --seconds NUMBER    default 10\n"
            "  --warm-up NUMBER    default 1: seconds before them that are not counted\n"
            "  --server-pid PID    reports that process's CPU time\n"
            "  --dump FILE         writes the first answer's bytes\n"
            "  --json              prints one line of JSON\n\n"
            "Example: client --message request.bin --channels 4 --in-flight 64");
        std::exit(found == 'h' ? 0 : 2);
    }
  }
  if (options.message.empty() == options.rows.empty()) fail("give --message or --rows; see --help");
  if (options.channels < 1 || options.in_flight < 1 || options.seconds <= 0 || options.warm_up < 0) {
    fail("--channels, --in-flight and --seconds are above 0");
  }
  return options;
}

template <class Message>
Message read_message(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  Message message;
  if (bytes.empty() || !message.ParseFromString(bytes)) fail(path + ": no " + message.GetTypeName());
  return message;
}

// Takes finished calls until `end`, or until nothing is outstanding.
void run_until(grpc::CompletionQueue *queue, Totals *totals, std::chrono::system_clock::time_point end) {
  void *tag;
  bool ok;
  while (totals->outstanding > 0 && queue->AsyncNext(&tag, &ok, end) == grpc::CompletionQueue::GOT_EVENT) {
    static_cast<Call *>(tag)->finish(ok);
    if (std::chrono::system_clock::now() >= end) break;
  }
}

std::chrono::system_clock::time_point after(double seconds) {
  return std::chrono::system_clock::now() + std::chrono::microseconds(static_cast<int64_t>(seconds * 1e6));
}

}  // namespace

int main(int count, char **arguments) {
  Options options = read_options(count, arguments);
  jiesuan::v1::CalculateRequest request;
  jiesuan::peer::CalculateRowsRequest rows;
  if (options.rows.empty()) {
    request = read_message<jiesuan::v1::CalculateRequest>(options.message);
  } else {
    rows = read_message<jiesuan::peer::CalculateRowsRequest>(options.rows);
  }

  Totals totals;
  grpc::CompletionQueue queue;
  std::vector<std::unique_ptr<CalculationStub>> calculation_stubs;
  std::vector<std::unique_ptr<PeerStub>> peer_stubs;
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < options.channels; i++) {
    grpc::ChannelArguments channel_arguments;
    channel_arguments.SetMaxReceiveMessageSize(-1);
    // A connection of its own for each channel.
    channel_arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    auto channel =
        grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(), channel_arguments);
    if (!channel->WaitForConnected(after(10))) fail("no connection to " + options.address);
    calculation_stubs.push_back(jiesuan::v1::CalculationService::NewStub(channel));
    peer_stubs.push_back(jiesuan::peer::PeerService::NewStub(channel));
    for (int place = 0; place < options.in_flight; place++) {
      if (options.rows.empty()) {
        calls.push_back(std::make_unique<UnaryCall>(calculation_stubs.back().get(), &queue, &totals, &request));
      } else {
        calls.push_back(std::make_unique<RowsCall>(peer_stubs.back().get(), &queue, &totals, &rows));
      }
    }
  }

  for (auto &call : calls) call->start();
  run_until(&queue, &totals, after(options.warm_up));
  double server_before = options.server_pid ? process_seconds(options.server_pid) : 0;
  auto start = Clock::now();
  totals.is_measuring = true;
  run_until(&queue, &totals, after(options.seconds));
  // A slow server's large batches may take longer than that.
  while (totals.calls < calls_min && totals.outstanding > 0) run_until(&queue, &totals, after(options.seconds));
  double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  totals.is_measuring = false;
  double server_seconds = options.server_pid ? process_seconds(options.server_pid) - server_before : 0;
  totals.is_sending = false;
  run_until(&queue, &totals, after(10));

  if (!options.dump.empty()) std::ofstream(options.dump, std::ios::binary) << totals.first_answer;
  uint64_t claims = totals.expected ? static_cast<uint64_t>(totals.expected->claims) : 1;
  load_report report = {totals.calls, totals.errors, claims, seconds, server_seconds, &totals.latency};
  load_report_print(&report, options.is_json);
  if (totals.errors) std::fprintf(stderr, "client: first error: %s\n", totals.first_error.c_str());
  if (totals.outstanding) fail(std::to_string(totals.outstanding) + " calls were never answered");
  return totals.errors ? 1 : 0;
}
