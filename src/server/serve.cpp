#include "server/serve.h"

#include <cstdio>
#include <utility>

#include "base/result.h"
#include "server/config.h"
#include "server/log_lines.h"
#include "server/node.h"
#include "server/portal_folder.h"
#include "server/signals.h"
#include "server/travel_config.h"
#include "server/travel_node.h"

namespace lindung::server {

Result<void> run_server(Config config) {
  const StopSignals signals;
  start_log_lines(config.log_level);
  if (config.node.sandbox) {
    std::fprintf(stderr, "SANDBOX: nobody whom this server knows is real. Test citizens only.\n");
  }
  if (config.portal) config.node.portal = find_portal();
  TRY(node, Node::start(std::move(config.node)));
  log_started(node->url(), LINDUNG_VERSION);
  std::printf("listening on %s (sealed: lindung unseal --data %s)\n", node->url().c_str(),
              node->folder().path().c_str());
  std::fflush(stdout);
  signals.wait();
  node->stop();
  return ok();
}

Result<void> run_travel_server(TravelConfig config) {
  const StopSignals signals;
  start_log_lines(config.log_level);
  TRY(node, TravelNode::start(std::move(config.travel)));
  log_started(node->url(), LINDUNG_VERSION);
  std::printf("listening on %s (sealed: lindung travel unseal --data %s)\n", node->url().c_str(),
              node->folder().path().c_str());
  std::fflush(stdout);
  signals.wait();
  node->stop();
  return ok();
}

}  // namespace lindung::server
