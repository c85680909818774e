// `lindung verify --ndjson`: questions line by line from standard input, answers in their order to standard output.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "cert/trust_store.h"
#include "cli/known_signers.h"

namespace lindung::cli {

// Answers lines one after the other; keeps the trust of the last lines, which many lines share. One a thread.
class LineAnswerer {
 public:
  // `now`: the clock of lines without "at".
  LineAnswerer(std::shared_ptr<const cert::TrustStore> trust, Moment now, std::shared_ptr<KnownSigners> known)
      : trust_{std::move(trust)}, now_{now}, known_{std::move(known)} {}
  [[nodiscard]] std::string answer(std::string_view line);

 private:
  struct Kept {
    boost::json::value text;
    std::shared_ptr<const cert::TrustStore> store;
  };
  [[nodiscard]] std::shared_ptr<const cert::TrustStore> trust_of(const boost::json::value& trust);

  std::shared_ptr<const cert::TrustStore> trust_;
  Moment now_;
  std::shared_ptr<KnownSigners> known_;  // shared by all threads
  std::vector<Kept> kept_;
  std::size_t next_kept_{};
};

// Until the input ends. False if the answers could not be written.
[[nodiscard]] bool answer_lines(const std::shared_ptr<const cert::TrustStore>& trust, Moment now);

}  // namespace lindung::cli
