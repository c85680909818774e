#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/config_file.h"
#include "cli/context.h"
#include "cli/program.h"
#include "server/demo.h"
#include "server/listen.h"
#include "server/log_lines.h"
#include "server/serve.h"

namespace lindung::cli {

namespace {

struct DemoArguments {
  server::DemoOptions options;
  std::string listen{"127.0.0.1:8080"};
  std::string at;
  std::string log_level{"info"};
};

Result<void> start_demo(DemoArguments& arguments, const std::string& data_folder) {
  TRY(listen, server::parse_listen(arguments.listen));
  arguments.options.listen = listen;
  arguments.options.data_folder = data_folder;
  if (!arguments.at.empty()) {
    TRY(at, parse_rfc3339(arguments.at));
    arguments.options.at = at;
  }
  server::start_log_lines(arguments.log_level);
  return server::run_demo(arguments.options);
}

// 0, or the exit status of what is wrong with the file.
int serve(const std::string& path, bool only_check) {
  auto config = read_config(path);
  if (config.has_error()) {
    std::fprintf(stderr, "%s\n", config.error().detail.c_str());
    return usage;
  }
  if (only_check) {
    std::printf("%s is good\n", path.c_str());
    return done;
  }
  const auto ended = server::run_server(std::move(config).value());
  if (ended.has_value()) return done;
  std::fprintf(stderr, "lindung: %s\n", ended.error().text().c_str());
  return negative;
}

// Cause and mend of a problem are sentences: a paragraph each, not a cell.
void print_surface(const boost::json::value& value) {
  print_for_people(boost::json::object{{"routes", value.at("routes")}});
  for (const auto& problem : value.at("problems").as_array()) {
    const auto text = [&](const char* name) { return std::string{problem.at(name).as_string()}; };
    std::printf("\n%s (%lld)\n  %s\n  %s\n", text("name").c_str(),
                static_cast<long long>(problem.at("status").as_int64()), text("cause").c_str(), text("mend").c_str());
  }
}

}  // namespace

void add_api_command(CLI::App& group, Context& context, const std::string& example) {
  auto* surface =
      add_command(group, context, "api", "the routes of the public listener, and every problem it sends", example);
  surface->callback([&context] { finish(context, call_server(context, "api", {}), print_surface); });
}

void add_server_commands(CLI::App& program, Context& context) {
  auto demo_arguments = std::make_shared<DemoArguments>();
  auto* demo = add_command(program, context, "demo", "make an installation with made-up people, and serve it",
                           "lindung demo --data var/demo --listen 127.0.0.1:8080 --citizens 10000");
  demo->add_option("--listen", demo_arguments->listen, "address and port; port 0: any free one")
      ->capture_default_str()
      ->take_last();
  demo->add_option("--citizens", demo_arguments->options.citizens, "how many people to make up")->capture_default_str();
  demo->add_option("--seed", demo_arguments->options.seed, "which people")->capture_default_str();
  demo->add_option("--bundle", demo_arguments->options.bundles, "FHIR files instead of made-up people")
      ->check(CLI::ExistingFile);
  demo->add_option("--at", demo_arguments->at, "set the clock (RFC 3339)");
  demo->add_option("--postgres", demo_arguments->options.postgres, "PostgreSQL connection string, instead of SQLite");
  demo->add_flag("--officers", demo_arguments->options.officers,
                 "with two officers, siti and budi, and codes for their passkeys; commands are signed from then on");
  demo->add_option("--log-level", demo_arguments->log_level, "debug, info, warning, error")->capture_default_str();
  demo->callback([&context, demo_arguments] {
    const auto ended = start_demo(*demo_arguments, context.data_folder);
    if (ended.has_error()) {
      finish(context, ended.error());
      if (ended.error().code == Errc::invalid_argument) context.exit_status = usage;
    }
  });

  auto* status = add_command(program, context, "status", "what the server is doing", "lindung status --json");
  status->callback([&context] { finish(context, call_server(context, "status", {})); });
  add_api_command(program, context, "lindung api --json");
  struct ServeArguments {
    std::string config;
    bool only_check{};
  };
  const auto serve_arguments = std::make_shared<ServeArguments>();
  auto* run = program.add_subcommand("serve", "serve an installation by its configuration; starts sealed");
  run->footer("Example:\n  lindung serve --config /etc/lindung/lindung.toml");
  run->add_option("--config", serve_arguments->config, "TOML file")->required();
  run->add_flag("--check-config", serve_arguments->only_check, "say what is wrong with the file, and end");
  run->callback([&context, serve_arguments] {
    context.exit_status = serve(serve_arguments->config, serve_arguments->only_check);
  });
}

}  // namespace lindung::cli
