// Keys and certificates made on the spot: no private key stands in the repository, and none expires.
#pragma once

#include <filesystem>
#include <string>

namespace lindung::http::test {

// PEM files in one folder: a CA, and what it signed.
class Authority {
 public:
  // Shape: the folder exists; files are NAME.pem and NAME.key.
  Authority(const std::filesystem::path& folder, const std::string& name);
  // For "127.0.0.1" and "localhost", with the subject "CN=common_name,O=Lindung test".
  void issue(const std::string& name, const std::string& common_name) const;

  [[nodiscard]] std::string certificate(const std::string& name) const { return (folder_ / (name + ".pem")).string(); }
  [[nodiscard]] std::string key(const std::string& name) const { return (folder_ / (name + ".key")).string(); }

 private:
  std::filesystem::path folder_;
  std::string name_;
};

}  // namespace lindung::http::test
