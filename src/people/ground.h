// What the use cases of people's accounts reach.
#pragma once

#include "people/messages.h"
#include "people/portal_terms.h"
#include "people/sessions.h"
#include "service/platform.h"

namespace lindung::people {

struct Ground {
  const service::Platform& platform;
  const Sessions& sessions;
  Messages& messages;
  const PortalTerms& terms;
};

}  // namespace lindung::people
