// One CalculateRequest through the C calculator: messages to structs and back.
#pragma once

#include <grpcpp/support/status.h>

#include "jiesuan/v1/calculation_service.pb.h"

namespace peer {

// Fills `response`, its layers and the policy's digest where `want_layers`; not OK where the claim is refused or the
// request names what the tables do not have.
grpc::Status calculate(
    const jiesuan::v1::CalculateRequest &request, bool want_layers, jiesuan::v1::CalculateResponse *response);

}  // namespace peer
