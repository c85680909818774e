// What Prometheus reads: counters and gauges, none with a person's data in a label.
#pragma once

#include <string>

#include "http/server.h"

namespace lindung::server {

class Core;

// Text format 0.0.4. `core` is null while sealed.
[[nodiscard]] std::string render_metrics(Core* core, const http::ServerCounters& http);

}  // namespace lindung::server
