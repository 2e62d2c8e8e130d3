#pragma once

#include "api/context.h"
#include "protocol/messages/update_features_request.h"
#include "protocol/messages/update_features_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// UpdateFeatures (key 57): levels of features for all of the cluster, all or none of those asked for.
runtime::Task<protocol::UpdateFeaturesResponse> update_features(
    Context& context, const protocol::UpdateFeaturesRequest& request);

}  // namespace moldau::api
