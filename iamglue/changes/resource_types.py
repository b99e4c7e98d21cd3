"""What of a resource may give access: nothing but what is compared, keys whose names tell of access, or all of it.

A resource of a type that is in none of these lists may give access by any of its properties. The types are those of
the references of CloudFormation and of the AWS provider for Terraform:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

from __future__ import annotations

import re

# Types all of whose access is compared as policies, as roles of functions, or by settings of their own.
_COMPARED = re.compile(
    r"AWS::IAM::(Role|RolePolicy|User|UserPolicy|Group|GroupPolicy|Policy|ManagedPolicy)$|AWS::Organizations::Policy$"
    r"|AWS::Lambda::(Function|Permission)$|AWS::Serverless::(Function|Connector)$|AWS::SSO::PermissionSet$"
    r"|AWS::Events::EventBusPolicy$|AWS::EC2::VPCEndpoint$|AWS::KMS::(Replica)?Key$"
    r"|aws_iam_(role|user|group)$|aws_iam_(role|user|group)_policy$|aws_iam_policy$|aws_iam_role_policy_attachment$"
    r"|aws_organizations_policy$|aws_lambda_(function|permission|function_url)$|aws_ssoadmin_permission_set_inline_policy$"
    r"|aws_vpc_endpoint(_policy)?$|aws_kms_(key|external_key|replica_key|replica_external_key|key_policy)$"
    r"|aws_s3_(bucket_acl|bucket_public_access_block|account_public_access_block)$"
)
# Types that give access only where the name of a property is about it, such as `RoleArn` or `AuthorizationType`.
_BY_PROPERTIES = re.compile(
    r"AWS::(DynamoDB|ECS|StepFunctions|AutoScaling|ApplicationAutoScaling|Batch|XRay|CDK|CodeDeploy"
    r"|ElasticLoadBalancing(V2)?(?!::TrustStore)|Scheduler|Pipes|KinesisFirehose|Route53(Resolver)?|ServiceDiscovery|Synthetics|WAF(v2)?)::"
    r"|AWS::(Kinesis::Stream|KinesisAnalytics(V2)?::\w+|SQS::Queue|SNS::Topic|Events::(Rule|EventBus|Archive)|SSM::Parameter"
    r"|S3::Bucket|KMS::Alias|ECR::Repository|CertificateManager::Certificate|CodeBuild::Project|CodeCommit::Repository"
    r"|CodePipeline::(Pipeline|Webhook)|Athena::(NamedQuery|WorkGroup)|CloudTrail::Trail|Cognito::UserPoolDomain"
    r"|CloudWatch::(Alarm|CompositeAlarm|Dashboard|AnomalyDetector|InsightRule|MetricStream)"
    r"|Logs::(LogGroup|LogStream|MetricFilter|QueryDefinition|LogAnomalyDetector)"
    r"|Lambda::(Version|Alias|EventSourceMapping|EventInvokeConfig|LayerVersion)"
    r"|ApiGateway::(Method|RestApi|Resource|Deployment|Stage|Model|GatewayResponse|RequestValidator|Account|UsagePlan"
    r"|Documentation\w+|BasePathMapping|DomainName|VpcLink)"
    r"|ApiGatewayV2::(Api|Integration|Stage|Deployment|Model|RouteResponse|IntegrationResponse|DomainName|ApiMapping"
    r"|VpcLink)"
    r"|AppSync::(GraphQLApi|Resolver|DataSource|FunctionConfiguration|ApiCache)"
    r"|CloudFront::(Distribution|CachePolicy|OriginRequestPolicy|ResponseHeadersPolicy|Function)"
    r"|CloudFormation::WaitCondition(Handle)?|SecretsManager::(Secret|RotationSchedule|SecretTargetAttachment)"
    r"|EC2::(VPC|Subnet|Route|RouteTable|InternetGateway|NatGateway|EIP|EIPAssociation|Volume|Instance|LaunchTemplate"
    r"|SecurityGroup(In|E)?gress|SecurityGroup|NetworkAcl\w*|VPCGatewayAttachment|VPCCidrBlock|FlowLog|DHCPOptions"
    r"|(?!Enclave|Iam)\w+Association)"
    r"|EFS::(FileSystem|MountTarget)|ElastiCache::(\w+Cluster|ReplicationGroup|SubnetGroup|ParameterGroup)"
    r"|RDS::(DB(Instance|Cluster|SubnetGroup|ParameterGroup|ClusterParameterGroup|Proxy|ProxyTargetGroup)|OptionGroup)"
    r"|Glue::(Database|Table|Crawler|Job|Trigger|Workflow|Partition|Classifier|Connection)"
    r"|EMR::(?!SecurityConfiguration)\w+|ElasticBeanstalk::Application(Version)?|SageMaker::(Model|EndpointConfig|Endpoint|NotebookInstance)|Redshift::(Cluster|ClusterSubnetGroup)"
    r"|Serverless::(Api|HttpApi|WebSocketApi|SimpleTable|LayerVersion|StateMachine|GraphQLApi))$"
    r"|aws_(dynamodb|ecs|sfn|autoscaling|appautoscaling|batch|xray|codedeploy|scheduler|pipes|kinesis_firehose"
    r"|route53(?!_vpc_association_authorization)|elastic_beanstalk_application|elb|lb(?!_trust_store)|alb|service_discovery|synthetics|waf|wafv2|wafregional|elasticache_(cluster|replication|subnet|parameter)"
    r"|db_(instance|subnet|parameter|option|event)(?!_role)|rds_cluster(?!_role)|emr(?!_security)|imagebuilder_(component|image|infrastructure))(_\w+)?$"
    r"|aws_(kinesis_stream|kinesisanalytics\w*|sqs_queue\w*|sns_topic|ssm_parameter|s3_object|s3_bucket_object|s3_bucket"
    r"|s3_bucket_(versioning|lifecycle_configuration|server_side_encryption_configuration|notification|logging|metric"
    r"|accelerate_configuration|intelligent_tiering_configuration|inventory|analytics_configuration|cors_configuration"
    r"|object_lock_configuration|object|request_payment_configuration)"
    r"|kms_alias|ecr_(repository|lifecycle_policy)|acm_certificate\w*|codebuild_project|codecommit_repository"
    r"|codepipeline|athena_(named_query|workgroup|database)|cloudtrail|cognito_user_pool_domain"
    r"|cloudwatch_(metric_alarm|composite_alarm|dashboard|log_group|log_stream|log_metric_filter|query_definition"
    r"|event_rule|event_target|event_bus|event_archive|metric_stream)"
    r"|lambda_(alias|event_source_mapping|layer_version|function_event_invoke_config|provisioned_concurrency_config)"
    r"|api_gateway_(method|method_response|method_settings|rest_api|resource|deployment|stage|model|gateway_response"
    r"|request_validator|account|usage_plan|integration|integration_response|base_path_mapping|domain_name|vpc_link)"
    r"|apigatewayv2_(api|integration|stage|deployment|model|domain_name|api_mapping|vpc_link|\w+_response)"
    r"|appsync_(graphql_api|resolver|datasource|function|api_cache)|secretsmanager_secret(_rotation)?"
    r"|cloudfront_(distribution|cache_policy|origin_request_policy|response_headers_policy|function)"
    r"|(default_)?(subnet|route|route_table|internet_gateway|nat_gateway|security_group|network_acl)(_\w+)?|(default_)?vpc"
    r"|eip(_association)?"
    r"|vpc_(dhcp_options\w*|ipv4_cidr_block_association|security_group_\w+)|main_route_table_association|flow_log"
    r"|ebs_volume|volume_attachment|instance|spot_instance_request|launch_template|launch_configuration|placement_group"
    r"|efs_(file_system|mount_target|backup_policy)|glue_(catalog_database|catalog_table|crawler|job|trigger|workflow|connection)"
    r"|sagemaker_(model|endpoint|endpoint_configuration|notebook_instance)|redshift_(cluster|subnet_group))$"
)
# The name of a property that is about access: who has it, what decides it, and with what one proves to be someone.
_ACCESS_KEY = re.compile(
    r"role(?!ling)|instance_?profile|polic(y|ies)$|permission|principal|access(?!_?log)|auth|\bacls?$|public|allow|grant"
    r"|credential|account|owner|trust|share|security$|visib|password|key_?name$|key_?pair|execute_?command|disable_?execute"
    r"|api_?key|signer|identity|website|endpoint_?config|^types$|client_?cert|mutual_?tls|assume|unauth|cognito|jwt|oidc"
    r"|saml|federat|user_?groups?(_?ids?)?$|^users?$|^groups?$|^webhook$|filter_?groups?$|^subscriptions?$|api_?stages?$|^body$"
    r"|body_?s3_?location|definition_?(body|uri)|launch_?template(_?(id|name|specification))?$|launch_?configuration(_?name)?$"
    r"|task_?definition(_?arn)?$",
    re.IGNORECASE,
)
# Properties that give nobody access, although their names seem to tell of it.
_OTHER_KEY = re.compile(
    r"tags|tags_all|tag_?set|tag_?list|environment(_?variables)?|variables|description|comment|metadata|depends_?on|lifecycle"
    r"|timeouts|annotations|labels|cors\w*|\w*security_?groups?(_?ids?)?|(redrive|retry|lifecycle|scaling|update|deletion|backup"
    r"|restart|repository_?lifecycle|deployment|ssl|delete|rollback)_?(allow_)?polic(y|ies)|map_?public_?ip\w*"
    r"|associate_?public_?ip\w*|public_?ip\w*|skip_\w+|allowed_?(pattern|values)|allocat\w+|allow_?(overwrite|major\w+|version\w+)"
    r"|access_?log\w*|termination_?policies|instance_?role_?type|shared?_?(memory|credentials)\w*|availability\w*",
    re.IGNORECASE,
)


def is_compared_type(resource_type: str) -> bool:
    """Whether all of the access that resources of a type give is compared by other code."""
    return _COMPARED.match(resource_type) is not None


def has_access_by_properties(resource_type: str) -> bool:
    """Whether a resource gives access only where a property's name is about it; also of other providers than AWS."""
    is_of_aws = resource_type.startswith(("aws_", "awscc_")) or "_" not in resource_type.partition("::")[0]
    return not is_of_aws or _BY_PROPERTIES.match(resource_type) is not None


def is_access_key(name: str) -> bool:
    """Whether the name of a property or an attribute is about access."""
    return _ACCESS_KEY.search(name) is not None and may_be_access_key(name)


def may_be_access_key(name: str) -> bool:
    """Whether a property may give access in some resource; tags, descriptions and settings of a program do not."""
    return _OTHER_KEY.fullmatch(name) is None
