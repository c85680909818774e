// nginx as Debian packages it, with one worker and one static file of the size of a sealed answer: what a request costs
// a server that does nothing for it. Or with the files of a folder, each in the compressed form beside it.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "demo_process.h"
#include "domain/answer.h"
#include "gateway/envelope.h"
#include "load.h"

namespace lindung::bench {

inline std::uint16_t free_port() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  if (socket < 0 || ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    die("no free port");
  }
  ::close(socket);
  return ntohs(address.sin_port);
}

class Nginx {
 public:
  // `files`: the folder that is served; empty: one of its own with the one file.
  explicit Nginx(const Options& options, const std::string& files = {}) {
    auto folder = (std::filesystem::temp_directory_path() / "lindung-nginx-XXXXXX").string();
    // Its worker is another user when root starts it.
    if (::mkdtemp(folder.data()) == nullptr || ::chmod(folder.c_str(), 0755) != 0) die("mkdtemp");
    const auto port = std::to_string(free_port());
    std::filesystem::create_directories(folder + "/files");
    std::ofstream{folder + "/files/answer"} << std::string(gateway::sealed_reply_size(domain::answer_size), 'a');
    const auto root = files.empty() ? folder + "/files" : std::filesystem::absolute(files).string();
    const auto conf = folder + "/nginx.conf";
    std::ofstream{conf}
        << "daemon off; worker_processes 1; pid " << folder << "/pid; error_log " << folder
        << "/error;\nevents { worker_connections 1024; }\nhttp { access_log off; "
           "keepalive_requests 1000000000; sendfile on; tcp_nodelay on; open_file_cache max=100; gzip_static on; "
           "client_body_temp_path "
        << folder << "/b; proxy_temp_path " << folder << "/p; fastcgi_temp_path " << folder << "/f; uwsgi_temp_path "
        << folder << "/u; scgi_temp_path " << folder << "/s;\nserver { listen 127.0.0.1:" << port << "; root " << root
        << "; } }\n";
    server_ = {.pid = ::fork(), .folder = folder, .file = {{"url", "http://127.0.0.1:" + port}}};
    if (server_.pid == 0) {
      pin_server(options);
      ::execl("/usr/sbin/nginx", "nginx", "-c", conf.c_str(), "-e", (folder + "/error").c_str(), nullptr);
      ::_exit(127);
    }
    while (!std::filesystem::exists(folder + "/pid")) {
      if (::waitpid(server_.pid, nullptr, WNOHANG) != 0) die("nginx did not start (package nginx-light)");
      ::usleep(10'000);
    }
  }
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;
  ~Nginx() {
    ::kill(server_.pid, SIGTERM);
    ::waitpid(server_.pid, nullptr, 0);
    std::filesystem::remove_all(server_.folder);
  }

  [[nodiscard]] const Demo& server() const noexcept { return server_; }
  [[nodiscard]] LoadResult measure(std::size_t requests, std::size_t connections) const {
    const std::vector<std::string> all(requests, "GET /answer HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return run_load(server_, all, {.connections = connections});
  }

 private:
  Demo server_;
};

}  // namespace lindung::bench
