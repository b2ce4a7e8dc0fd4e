"""The stack puts the constructs together and grants rights. It defines no resource itself."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import CfnOutput, DefaultStackSynthesizer, Stack, Tags
from constructs import Construct

from infra.access import Resources, grant_all
from infra.api import PATH as API_PATH
from infra.api import Api
from infra.backup import Backup
from infra.buckets import Buckets
from infra.budget import make_budget
from infra.canary import Canary
from infra.cdn_logs import CdnLogs
from infra.dashboard import Dashboard
from infra.delivery import Delivery
from infra.functions import Functions
from infra.global_call import GlobalCalls
from infra.identity import Identity
from infra.media_keys import MediaKeys
from infra.monitoring import Monitoring
from infra.origin_keys import OriginKeys
from infra.push_keys import PushKeys
from infra.queues import Queues
from infra.replication import Replication
from infra.search import Search
from infra.settings import Settings
from infra.shared_cache import SharedCache
from infra.site import Site
from infra.tables import Tables
from infra.triggers import Triggers


class ShutterfeedStack(Stack):
    """The whole deployment. `code` is the folder with the functions and our own layer, laid out as
    in the repository. Raises `SettingsError` if something that it deploys is not built yet."""

    def __init__(self, scope: Construct, settings: Settings, code: Path) -> None:
        super().__init__(
            scope,
            settings.stack_name,
            description="Shutterfeed: a backend for sharing photos",
            synthesizer=DefaultStackSynthesizer(
                generate_bootstrap_version_rule=settings.checks_bootstrap,
                qualifier=settings.qualifier,
            ),
            termination_protection=settings.protects_data,
        )
        Tags.of(self).add("project", "shutterfeed")
        Tags.of(self).add("stage", settings.stage)

        shared_cache = SharedCache(self, "Cache", settings) if settings.shared_cache else None
        functions = Functions(self, "Functions", settings, code, shared_cache)
        tables = Tables(self, "Tables", settings)
        queues = Queues(self, "Queues", settings)
        buckets = Buckets(self, "Buckets", settings, queues["ingest"])
        if settings.originals_replica_bucket_arn is not None:
            Replication(
                self, "Replication", buckets.originals, settings.originals_replica_bucket_arn
            )
        search = Search(self, "Search", settings, functions)
        identity = Identity(self, "Identity", settings)
        api = Api(self, "Api", settings, function=functions["api"], identity=identity)
        keys = OriginKeys(self, "Origin") if settings.closes_api else None
        media_keys = MediaKeys(self, "MediaSigning")
        push_keys = PushKeys(self, "Push") if settings.push.is_on else None
        delivery = Delivery(
            self,
            "Delivery",
            settings,
            buckets=buckets,
            api_id=api.http.api_id,
            keys=keys,
            media_keys=media_keys,
        )
        buckets.take_uploads_from(delivery.site_url, *settings.cors_origins)
        site = Site(
            self, "Site", settings, bucket=buckets.site, identity=identity, push_keys=push_keys
        )
        grant_all(
            functions,
            Resources(
                settings=settings,
                tables=tables,
                buckets=buckets,
                queues=queues,
                identity=identity,
                media_base_url=delivery.media_base_url,
                media_keys=media_keys,
                media_links=delivery.links,
                site_url=delivery.site_url,
                sending_actions=settings.sending_actions,
                shared_cache=shared_cache,
                origin_keys=keys,
                push_keys=push_keys,
            ),
        )
        Triggers(self, "Triggers", settings, functions=functions, queues=queues, tables=tables)
        monitoring = Monitoring(
            self,
            "Monitoring",
            settings,
            api_id=api.http.api_id,
            functions=functions,
            queues=queues,
            identity=identity,
        )
        self._options(settings, tables, buckets, delivery)
        if settings.canary:
            assert api.live is not None
            Canary(self, "Canary", settings, alias=api.live, alarms=[monitoring.failing_requests])
        dashboard = Dashboard(
            self,
            "Dashboard",
            settings,
            api_id=api.http.api_id,
            functions=functions,
            queues=queues,
            alarms=monitoring.alarms,
        )
        self._output("SiteUrl", delivery.site_url)
        self._output("SiteConfig", site.config)
        self._output("SiteBucketName", buckets.site.bucket_name)
        self._output("ApiUrl", settings.api_endpoint(api.http.api_id, delivery.site_url) + API_PATH)
        if settings.closes_api:
            self._output("GatewayUrl", api.http.api_endpoint)
        self._output("MediaUrl", delivery.media_base_url)
        self._output("MediaLinksFunctionName", delivery.links.function.function_name)
        if delivery.links.denials is not None:
            self._output("DenialsArn", delivery.links.denials.key_value_store_arn)
        self._output("UserPoolId", identity.pool.user_pool_id)
        self._output("UserPoolClientId", identity.client_id)
        self._output("AccountClientId", identity.account_client_id)
        self._output("MetadataTableName", tables.metadata.table_name)
        self._output("FeedTableName", tables.feed.table_name)
        self._output("SearchEngine", search.engine)
        self._output("SearchTarget", search.target)
        self._output("UploadsBucketName", buckets.uploads.bucket_name)
        self._output("OriginalsBucketName", buckets.originals.bucket_name)
        self._output("RenditionsBucketName", buckets.renditions.bucket_name)
        self._output("DashboardName", dashboard.name)

    def _options(
        self, settings: Settings, tables: Tables, buckets: Buckets, delivery: Delivery
    ) -> None:
        """What the context asks for besides, and nothing else refers to."""
        if settings.data.backup_days is not None:
            Backup(self, "Backup", settings, table=tables.metadata, days=settings.data.backup_days)
            self._output("BackupDays", str(settings.data.backup_days))
        if not settings.makes_global_calls:
            return
        calls = GlobalCalls(self, "Calls", settings)
        if settings.edge.logs:
            CdnLogs(
                self,
                "Cdn",
                settings,
                calls=calls,
                distribution=delivery.distribution,
                bucket=buckets.logs,
            )
        if settings.watch.budget is not None:
            assert settings.watch.alarm_email is not None
            make_budget(
                calls, settings, dollars=settings.watch.budget, email=settings.watch.alarm_email
            )

    def _output(self, name: str, value: str) -> None:
        CfnOutput(self, name, value=value)
