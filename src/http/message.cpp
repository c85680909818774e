#include "http/message.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace lindung::http {

namespace {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins_with(std::string_view text, std::string_view prefix) noexcept {
  return text.size() >= prefix.size() && same_name(text.substr(0, prefix.size()), prefix);
}

// What stands behind scheme and authority: "/path?query", "?query" or nothing (RFC 9112 section 3.2.2).
std::string_view without_authority(std::string_view target) noexcept {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!begins_with(target, scheme)) continue;
    target.remove_prefix(scheme.size());
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
    return target;
  }
  return target;
}

class FunctionExit final : public Responder::Exit {
 public:
  explicit FunctionExit(std::function<void(Response&&)> send) : send_{std::move(send)} {}
  void send(Response&& response) override {
    const auto send = std::exchange(send_, nullptr);
    if (send) send(std::move(response));
  }

 private:
  std::function<void(Response&&)> send_;
};

}  // namespace

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view Request::path() const noexcept {
  const auto rest = target.starts_with('/') ? target : without_authority(target);
  const auto path = rest.substr(0, rest.find('?'));
  return path.empty() ? std::string_view{"/"} : path;
}

std::string_view Request::query() const noexcept {
  const auto mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
}

std::pair<bool, std::string_view> Request::only(std::string_view name) const noexcept {
  const Field* found = nullptr;
  for (const auto& field : fields) {
    if (!same_name(field.name, name)) continue;
    if (found != nullptr) return {false, {}};
    found = &field;
  }
  return found == nullptr ? std::pair{false, std::string_view{}} : std::pair{true, found->value};
}

Responder::Responder(std::function<void(Response&&)> send) : exit_{std::make_shared<FunctionExit>(std::move(send))} {}

}  // namespace lindung::http
