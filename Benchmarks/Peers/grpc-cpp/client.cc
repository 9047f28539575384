// Closed-loop load on the gRPC peer: a number of channels with a number of calls in flight each.
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
#include <thread>
#include <vector>

#include "../histogram.h"
#include "../process_time.h"
#include "jiesuan/v1/calculation_service.grpc.pb.h"
#include "peer.grpc.pb.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string address = "127.0.0.1:50051", message;
  int channels = 4, in_flight = 64, rows = 0;
  bool want_layers = false;
  double seconds = 10, warm_up = 1;
  long server_pid = 0;
};

struct Totals {
  histogram latency{};
  uint64_t calls = 0, errors = 0;
  std::string first_error;
  bool is_measuring = false, is_sending = true;
  int outstanding = 0;
};

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
  RepeatedCall(Stub *stub, grpc::CompletionQueue *queue, Totals *totals, const Request *request, int expected_rows)
      : stub_(stub), queue_(queue), totals_(totals), request_(request), expected_rows_(expected_rows) {}

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
      if (!ok || !status_.ok() || !is_whole()) {
        if (totals_->errors++ == 0) totals_->first_error = status_.ok() ? "answer not whole" : status_.error_message();
      }
    }
    if (totals_->is_sending) start();
  }

 private:
  bool is_whole() const {
    if constexpr (std::is_same_v<Response, jiesuan::v1::CalculateResponse>) {
      return response_->outcome().layers_size() > 0;
    } else {
      return response_->responses_size() == expected_rows_;
    }
  }

  Stub *stub_;
  grpc::CompletionQueue *queue_;
  Totals *totals_;
  const Request *request_;
  int expected_rows_;
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
      {"address", required_argument, nullptr, 'a'}, {"channels", required_argument, nullptr, 'c'},
      {"in-flight", required_argument, nullptr, 'f'}, {"rows", required_argument, nullptr, 'r'},
      {"layers", no_argument, nullptr, 'l'}, {"seconds", required_argument, nullptr, 'd'}, {"server-pid", required_argument, nullptr, 'P'}, {}};
  Options options;
  for (int found; (found = getopt_long(count, arguments, "h", known, nullptr)) != -1;) {
    switch (found) {
      case 'm': options.message = optarg; break;
      case 'a': options.address = optarg; break;
      case 'c': options.channels = std::atoi(optarg); break;
      case 'f': options.in_flight = std::atoi(optarg); break;
      case 'r': options.rows = std::atoi(optarg); break;
      case 'l': options.want_layers = true; break;
      case 'd': options.seconds = std::atof(optarg); break;
      case 'P': options.server_pid = std::atol(optarg); break;
      default:
        std::puts(
            "Usage: client --message FILE [--address HOST:PORT] [--channels 4] [--in-flight 64] [--rows 0]\n"
            "              [--layers] [--seconds 10] [--server-pid PID]\n"
            "--rows N sends batches of N rows instead of single calls, --layers asks for every layer of each.");
        std::exit(found == 'h' ? 0 : 1);
    }
  }
  if (options.message.empty()) fail("--message is missing; see --help");
  if (options.channels < 1 || options.in_flight < 1 || options.rows < 0 || options.seconds <= 0) {
    fail("--channels, --in-flight and --seconds are above 0");
  }
  return options;
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
  std::ifstream file(options.message, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  jiesuan::v1::CalculateRequest request;
  if (bytes.empty() || !request.ParseFromString(bytes)) fail(options.message + ": no CalculateRequest");
  jiesuan::peer::CalculateRowsRequest rows;
  rows.set_want_layers(options.want_layers);
  for (int i = 0; i < options.rows; i++) *rows.add_requests() = request;

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
      if (options.rows == 0) {
        calls.push_back(std::make_unique<UnaryCall>(calculation_stubs.back().get(), &queue, &totals, &request, 0));
      } else {
        calls.push_back(
            std::make_unique<RowsCall>(peer_stubs.back().get(), &queue, &totals, &rows, options.rows));
      }
    }
  }
  for (auto &call : calls) call->start();

  run_until(&queue, &totals, after(options.warm_up));
  totals.is_measuring = true;
  double server_before = options.server_pid ? process_seconds(options.server_pid) : 0;
  Clock::time_point start = Clock::now();
  run_until(&queue, &totals, after(options.seconds));
  double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  totals.is_measuring = false;
  double server_seconds = options.server_pid ? process_seconds(options.server_pid) - server_before : 0;
  totals.is_sending = false;
  run_until(&queue, &totals, after(10));

  double calls_done = static_cast<double>(totals.calls);
  std::printf("%.0f calls/s", calls_done / seconds);
  if (options.rows) std::printf(", %.0f claims/s", calls_done * options.rows / seconds);
  std::printf(
      ", %lu errors, round trip µs p50 %.0f p99 %.0f p99.9 %.0f max %.0f",
      static_cast<unsigned long>(totals.errors), histogram_quantile(&totals.latency, 0.5) / 1e3,
      histogram_quantile(&totals.latency, 0.99) / 1e3, histogram_quantile(&totals.latency, 0.999) / 1e3,
      totals.latency.largest / 1e3);
  if (options.server_pid && totals.calls) {
    std::printf(", server CPU %.2f µs/call", server_seconds / calls_done * 1e6);
    if (options.rows) std::printf(" %.3f µs/claim", server_seconds / calls_done / options.rows * 1e6);
  }
  std::printf("\n");
  if (totals.errors) std::printf("  first error: %s\n", totals.first_error.c_str());
  if (totals.outstanding) fail(std::to_string(totals.outstanding) + " calls were never answered");
  return totals.errors ? 2 : 0;
}
