// The gRPC peer: asynchronous API, one completion queue per polling thread, messages in arenas that are reused.
#include <google/protobuf/arena.h>
#include <grpcpp/grpcpp.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "calculation.h"
#include "jiesuan/v1/calculation_service.grpc.pb.h"
#include "peer.grpc.pb.h"

namespace {

using Calculation = jiesuan::v1::CalculationService::WithAsyncMethod_Calculate<
    jiesuan::v1::CalculationService::Service>;
using Rows = jiesuan::peer::PeerService::AsyncService;

// Calls that are waited for at the same time on one queue.
constexpr int waiting_unary = 256;
constexpr int waiting_rows = 16;
constexpr size_t unary_block = 16 << 10;
constexpr size_t rows_block = 4 << 20;

class Call {
 public:
  virtual ~Call() = default;
  // The call's next event; `ok` is false where the queue is shutting down or the client has gone.
  virtual void proceed(bool ok) = 0;
};

// One place for calls of a method: waits for a request, answers it, waits for the next.
template <class Service, class Request, class Response, auto request_method, auto handle>
class UnaryCall final : public Call {
 public:
  UnaryCall(Service *service, grpc::ServerCompletionQueue *queue, size_t block_size)
      : service_(service), queue_(queue), block_(block_size) {
    wait();
  }

  void proceed(bool ok) override {
    if (is_waiting_ && !ok) {
      delete this;
      return;
    }
    if (!is_waiting_) {
      wait();
      return;
    }
    is_waiting_ = false;
    grpc::Status status = handle(*request_, response_);
    if (status.ok()) {
      writer_->Finish(*response_, status, this);
    } else {
      writer_->FinishWithError(status, this);
    }
  }

 private:
  void wait() {
    writer_.reset();
    context_.reset();
    arena_.reset();
    google::protobuf::ArenaOptions options;
    options.initial_block = block_.data();
    options.initial_block_size = block_.size();
    arena_.emplace(options);
    request_ = google::protobuf::Arena::CreateMessage<Request>(&*arena_);
    response_ = google::protobuf::Arena::CreateMessage<Response>(&*arena_);
    context_.emplace();
    writer_.emplace(&*context_);
    is_waiting_ = true;
    (service_->*request_method)(&*context_, request_, &*writer_, queue_, queue_, this);
  }

  Service *service_;
  grpc::ServerCompletionQueue *queue_;
  std::vector<char> block_;
  std::optional<google::protobuf::Arena> arena_;
  Request *request_ = nullptr;
  Response *response_ = nullptr;
  std::optional<grpc::ServerContext> context_;
  std::optional<grpc::ServerAsyncResponseWriter<Response>> writer_;
  bool is_waiting_ = false;
};

grpc::Status calculate(
    const jiesuan::v1::CalculateRequest &request, jiesuan::v1::CalculateResponse *response) {
  return peer::calculate(request, true, response);
}

grpc::Status calculate_rows(
    const jiesuan::peer::CalculateRowsRequest &request, jiesuan::peer::CalculateRowsResponse *response) {
  response->mutable_responses()->Reserve(request.requests_size());
  for (const auto &row : request.requests()) {
    grpc::Status status = peer::calculate(row, request.want_layers(), response->add_responses());
    if (!status.ok()) return status;
  }
  return grpc::Status::OK;
}

using CalculateCall = UnaryCall<
    Calculation, jiesuan::v1::CalculateRequest, jiesuan::v1::CalculateResponse, &Calculation::RequestCalculate,
    &calculate>;
using RowsCall = UnaryCall<
    Rows, jiesuan::peer::CalculateRowsRequest, jiesuan::peer::CalculateRowsResponse, &Rows::RequestCalculateRows,
    &calculate_rows>;

void poll(grpc::ServerCompletionQueue *queue) {
  void *tag;
  bool ok;
  while (queue->Next(&tag, &ok)) static_cast<Call *>(tag)->proceed(ok);
}

}  // namespace

int main(int count, char **arguments) {
  if (count > 3 || (count > 1 && arguments[1][0] == '-')) {
    std::puts("Usage: server [ADDRESS [THREADS]]   (default 127.0.0.1:50051, 2 polling threads)");
    return count > 3 ? 1 : 0;
  }
  std::string address = count > 1 ? arguments[1] : "127.0.0.1:50051";
  int threads = count > 2 ? std::atoi(arguments[2]) : 2;
  if (threads < 1 || threads > 64) {
    std::fprintf(stderr, "server: threads %s: give 1 to 64\n", arguments[2]);
    return 1;
  }

  // Signals come to this thread by sigwait; the others inherit the mask.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  Calculation calculation;
  Rows rows;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.SetMaxReceiveMessageSize(64 << 20);
  builder.RegisterService(&calculation);
  builder.RegisterService(&rows);
  std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues;
  for (int i = 0; i < threads; i++) queues.push_back(builder.AddCompletionQueue());
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) {
    std::fprintf(stderr, "server: cannot listen on %s\n", address.c_str());
    return 1;
  }
  std::vector<std::thread> pollers;
  for (auto &queue : queues) {
    // Each deletes itself when the queue shuts down.
    for (int i = 0; i < waiting_unary; i++) new CalculateCall(&calculation, queue.get(), unary_block);
    for (int i = 0; i < waiting_rows; i++) new RowsCall(&rows, queue.get(), rows_block);
    pollers.emplace_back(poll, queue.get());
  }
  std::printf("listening on %s\n", address.c_str());
  std::fflush(stdout);

  int signal;
  sigwait(&signals, &signal);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  // The pollers run while the server shuts down and end when their queue is empty.
  for (auto &queue : queues) queue->Shutdown();
  for (std::thread &poller : pollers) poller.join();
  return 0;
}
