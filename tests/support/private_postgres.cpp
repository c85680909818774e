#include "support/private_postgres.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/test_store.h"

namespace lindung::store::testing {

namespace {

using namespace std::chrono_literals;

const std::string programs = "/usr/lib/postgresql/15/bin/";

pid_t spawn(const std::vector<std::string>& words, const std::string& log) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));  // NOLINT: exec's signature
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&files, "/");
  pid_t process = -1;
  const int failed = ::posix_spawnp(&process, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error{"cannot start " + words[0]};
  return process;
}

void append(std::vector<std::string>& words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
}

}  // namespace

PrivatePostgres::PrivatePostgres() {
  as_user_ = {"setpriv", "--pdeathsig", "KILL", "--"};
  if (::geteuid() == 0) {
    const passwd* const user = ::getpwnam("postgres");
    if (user == nullptr) throw std::runtime_error{"no user postgres"};
    if (::chown(folder().c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error{"chown"};
    as_user_ = {"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig", "KILL", "--"};
  }
  auto words = as_user_;
  append(words, {programs + "initdb", "-D", folder() + "/data", "-U", "lindung", "--auth=trust", "--encoding=UTF8",
                 "--locale=C", "--no-sync"});
  int status = 0;
  if (::waitpid(spawn(words, folder_.file("log")), &status, 0) < 0 || status != 0) {
    throw std::runtime_error{"initdb failed"};
  }
  start();
}

PrivatePostgres::~PrivatePostgres() {
  if (server_ > 0) kill();
}

std::string PrivatePostgres::conninfo() const { return "host=" + folder() + " dbname=postgres user=lindung"; }

void PrivatePostgres::start() {
  auto words = as_user_;
  append(words, {programs + "postgres", "-D", folder() + "/data", "-k", folder(), "-c", "listen_addresses=", "-c",
                 "fsync=off", "-c", "deadlock_timeout=20ms", "-c", "shared_buffers=16MB"});
  server_ = spawn(words, folder_.file("log"));
  const auto patience = std::chrono::steady_clock::now() + 60s;
  while (PQping(conninfo().c_str()) != PQPING_OK) {
    if (std::chrono::steady_clock::now() > patience) throw std::runtime_error{"PostgreSQL does not start"};
    // A child that was forked while the server before was killed may hold its memory for a moment: then it refuses.
    if (::waitpid(server_, nullptr, WNOHANG) == server_) server_ = spawn(words, folder_.file("log"));
    std::this_thread::sleep_for(10ms);  // there is nothing to wait on
  }
}

// The children of a dead server are nobody's: they are told before it is.
void PrivatePostgres::kill() {
  for (const auto process : processes()) {
    if (process != server_) ::kill(process, SIGKILL);
  }
  ::kill(server_, SIGKILL);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

void PrivatePostgres::pause() { signal_all(SIGSTOP); }

void PrivatePostgres::resume() { signal_all(SIGCONT); }

void PrivatePostgres::signal_all(int number) const {
  for (const auto process : processes()) ::kill(process, number);
}

std::vector<pid_t> PrivatePostgres::processes() const {
  std::vector<pid_t> found{server_};
  const auto id = std::to_string(server_);
  std::ifstream children{"/proc/" + id + "/task/" + id + "/children"};
  for (pid_t child = 0; children >> child;) found.push_back(child);
  return found;
}

std::vector<std::string> PrivatePostgres::sql(const std::string& text) const {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectdb(conninfo().c_str()), &PQfinish};
  const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQexec(connection.get(), text.c_str()), &PQclear};
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error{PQerrorMessage(connection.get())};
  }
  std::vector<std::string> column;
  for (int row = 0; row < PQntuples(result.get()); ++row) column.emplace_back(PQgetvalue(result.get(), row, 0));
  return column;
}

void PrivatePostgres::wait_until(const std::string& question) const {
  const auto patience = std::chrono::steady_clock::now() + 30s;
  while (sql(question) != std::vector<std::string>{"t"}) {
    if (std::chrono::steady_clock::now() > patience) throw std::runtime_error{"never true: " + question};
    std::this_thread::sleep_for(5ms);  // there is nothing to wait on
  }
}

}  // namespace lindung::store::testing
