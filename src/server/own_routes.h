// What every server of the program answers about itself, and the operator's commands over its ring.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "http/router.h"

namespace lindung::server {

struct OwnState {
  std::function<bool()> is_sealed;  // there is no core
  std::function<bool()> is_ready;
};

// GET /healthz: the process lives; GET /readyz: it answers. Both on the io thread.
[[nodiscard]] std::vector<http::Route> probe_routes(const OwnState& state);

// POST on the operator's socket with a passphrase as the body. Shape: {"sealed", "answering"} out.
[[nodiscard]] http::Route ring_route(std::string path, const OwnState& state,
                                     std::function<Result<void>(BytesView body)> act);

}  // namespace lindung::server
