"""Event sourcing on PostgreSQL: what generated code and its callers import.

A name is imported when it is first used, so that an application pays only for what it needs.
"""

from typing import TYPE_CHECKING

from storyline.lazy import lazy_exports as lazy_exports

if TYPE_CHECKING:
    from storyline._async.administration import AsyncAdministration as AsyncAdministration
    from storyline._async.client import AsyncEventClient as AsyncEventClient
    from storyline._async.client import AsyncTransaction as AsyncTransaction
    from storyline._async.projections import (
        AsyncMultiStreamProjection as AsyncMultiStreamProjection,
    )
    from storyline._async.projections import (
        AsyncSingleStreamProjection as AsyncSingleStreamProjection,
    )
    from storyline._async.projector import AsyncProjector as AsyncProjector
    from storyline._async.subscription import AsyncSubscription as AsyncSubscription
    from storyline._async.validators import AsyncMultiStreamValidator as AsyncMultiStreamValidator
    from storyline._async.validators import AsyncSingleStreamValidator as AsyncSingleStreamValidator
    from storyline._sync.administration import Administration as Administration
    from storyline._sync.client import EventClient as EventClient
    from storyline._sync.client import Transaction as Transaction
    from storyline._sync.projections import MultiStreamProjection as MultiStreamProjection
    from storyline._sync.projections import SingleStreamProjection as SingleStreamProjection
    from storyline._sync.projector import Projector as Projector
    from storyline._sync.subscription import Subscription as Subscription
    from storyline._sync.validators import MultiStreamValidator as MultiStreamValidator
    from storyline._sync.validators import SingleStreamValidator as SingleStreamValidator
    from storyline.backoff import Backoff as Backoff
    from storyline.dsn import Dsn as Dsn
    from storyline.errors import CommandReusedError as CommandReusedError
    from storyline.errors import ConflictError as ConflictError
    from storyline.errors import LostEventError as LostEventError
    from storyline.errors import NotEmittedError as NotEmittedError
    from storyline.errors import NothingToSaveError as NothingToSaveError
    from storyline.errors import NotKeptError as NotKeptError
    from storyline.errors import OutOfRangeError as OutOfRangeError
    from storyline.errors import ProjectionBehindError as ProjectionBehindError
    from storyline.errors import ProjectionError as ProjectionError
    from storyline.errors import ProjectionNotBuiltError as ProjectionNotBuiltError
    from storyline.errors import ProjectionNotRunError as ProjectionNotRunError
    from storyline.errors import ProjectionOnDemandError as ProjectionOnDemandError
    from storyline.errors import ProjectionStoppedError as ProjectionStoppedError
    from storyline.errors import RefusedError as RefusedError
    from storyline.errors import RetiredEventError as RetiredEventError
    from storyline.errors import StillRunError as StillRunError
    from storyline.errors import StorylineError as StorylineError
    from storyline.errors import SubscriptionKeyError as SubscriptionKeyError
    from storyline.errors import TransactionOverError as TransactionOverError
    from storyline.errors import UnknownEventError as UnknownEventError
    from storyline.errors import UnreadableEventError as UnreadableEventError
    from storyline.errors import UnwritableError as UnwritableError
    from storyline.events import KEEP as KEEP
    from storyline.events import Event as Event
    from storyline.events import Keep as Keep
    from storyline.events import Record as Record
    from storyline.events import Recorded as Recorded
    from storyline.events import State as State
    from storyline.failures import ConnectionLostError as ConnectionLostError
    from storyline.failures import IsolationError as IsolationError
    from storyline.failures import MissingMigrationError as MissingMigrationError
    from storyline.failures import MissingPrivilegeError as MissingPrivilegeError
    from storyline.failures import OutcomeUnknownError as OutcomeUnknownError
    from storyline.failures import PoolClosedError as PoolClosedError
    from storyline.failures import PoolExhaustedError as PoolExhaustedError
    from storyline.failures import ReadOnlyError as ReadOnlyError
    from storyline.failures import UnreachableError as UnreachableError
    from storyline.failures import WrongStoryError as WrongStoryError
    from storyline.fields import Anything as Anything
    from storyline.fields import Boolean as Boolean
    from storyline.fields import Condition as Condition
    from storyline.fields import DecimalNumber as DecimalNumber
    from storyline.fields import ListOf as ListOf
    from storyline.fields import Number as Number
    from storyline.fields import Text as Text
    from storyline.gauges import observe_projections as observe_projections
    from storyline.metadata import Metadata as Metadata
    from storyline.metadata import bound_metadata as bound_metadata
    from storyline.metadata import caused_by as caused_by
    from storyline.operators import ANY as ANY
    from storyline.operators import ExistsMatch as ExistsMatch
    from storyline.operators import ListMatch as ListMatch
    from storyline.operators import Match as Match
    from storyline.operators import OrderedMatch as OrderedMatch
    from storyline.operators import contains as contains
    from storyline.operators import eq as eq
    from storyline.operators import exists as exists
    from storyline.operators import gt as gt
    from storyline.operators import gte as gte
    from storyline.operators import in_ as in_
    from storyline.operators import lt as lt
    from storyline.operators import lte as lte
    from storyline.operators import neq as neq
    from storyline.operators import nin as nin
    from storyline.past import RETIRED as RETIRED
    from storyline.past import Narrower as Narrower
    from storyline.poison import Park as Park
    from storyline.poison import Retry as Retry
    from storyline.poison import Stop as Stop
    from storyline.projections import SavedProjection as SavedProjection
    from storyline.projections_in import ProjectionsIn as ProjectionsIn
    from storyline.queries import Query as Query
    from storyline.queries import QueryItem as QueryItem
    from storyline.scalars import Bytes as Bytes
    from storyline.scalars import DateTime as DateTime
    from storyline.scalars import Duration as Duration
    from storyline.scalars import Json as Json
    from storyline.scalars import SortedSet as SortedSet
    from storyline.scalars import Time as Time
    from storyline.scalars import Unrecognized as Unrecognized
    from storyline.state_keys import StateKey as StateKey
    from storyline.state_queries import StateOrder as StateOrder
    from storyline.state_queries import StateQuery as StateQuery
    from storyline.story import Story as Story
    from storyline.upcasting import Convert as Convert
    from storyline.upcasting import Drop as Drop
    from storyline.upcasting import Map as Map
    from storyline.upcasting import Rename as Rename
    from storyline.upcasting import Set as Set
    from storyline.upcasting import Upcast as Upcast
    from storyline.upcasting import Upcasts as Upcasts

_DEFINED = {
    "storyline._async.administration": "AsyncAdministration",
    "storyline._async.client": "AsyncEventClient AsyncTransaction",
    "storyline._async.projections": "AsyncMultiStreamProjection AsyncSingleStreamProjection",
    "storyline._async.projector": "AsyncProjector",
    "storyline._async.subscription": "AsyncSubscription",
    "storyline._async.validators": "AsyncMultiStreamValidator AsyncSingleStreamValidator",
    "storyline._sync.administration": "Administration",
    "storyline._sync.client": "EventClient Transaction",
    "storyline._sync.projections": "MultiStreamProjection SingleStreamProjection",
    "storyline._sync.projector": "Projector",
    "storyline._sync.subscription": "Subscription",
    "storyline._sync.validators": "MultiStreamValidator SingleStreamValidator",
    "storyline.backoff": "Backoff",
    "storyline.dsn": "Dsn",
    "storyline.errors": "CommandReusedError ConflictError LostEventError NotKeptError "
    "NotEmittedError NothingToSaveError OutOfRangeError ProjectionBehindError ProjectionError "
    "ProjectionNotBuiltError ProjectionNotRunError ProjectionOnDemandError "
    "ProjectionStoppedError RefusedError RetiredEventError StillRunError StorylineError "
    "SubscriptionKeyError TransactionOverError UnknownEventError UnreadableEventError "
    "UnwritableError",
    "storyline.failures": "ConnectionLostError IsolationError MissingMigrationError "
    "MissingPrivilegeError OutcomeUnknownError PoolClosedError PoolExhaustedError ReadOnlyError "
    "UnreachableError WrongStoryError",
    "storyline.events": "KEEP Event Keep Record Recorded State",
    "storyline.fields": "Anything Boolean Condition DecimalNumber ListOf Number Text",
    "storyline.gauges": "observe_projections",
    "storyline.metadata": "Metadata bound_metadata caused_by",
    "storyline.operators": "ANY ExistsMatch ListMatch Match OrderedMatch "
    "contains eq exists gt gte in_ lt lte neq nin",
    "storyline.poison": "Park Retry Stop",
    "storyline.past": "RETIRED Narrower",
    "storyline.projections": "SavedProjection",
    "storyline.projections_in": "ProjectionsIn",
    "storyline.queries": "Query QueryItem",
    "storyline.scalars": "Bytes DateTime Duration Json SortedSet Time Unrecognized",
    "storyline.state_keys": "StateKey",
    "storyline.state_queries": "StateOrder StateQuery",
    "storyline.story": "Story",
    "storyline.upcasting": "Convert Drop Map Rename Set Upcast Upcasts",
}

if not TYPE_CHECKING:
    _MODULES = {name: module for module, names in _DEFINED.items() for name in names.split()}
    __getattr__, __dir__ = lazy_exports(__name__, _MODULES)
    __all__ = sorted(_MODULES)
